import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { projectLayout, type PreprocessingConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { PROVENANCE_FILE } from '../ingestion/provenance.js';
import { listFiles } from '../list-files.js';

export interface RawFile {
  readonly path: string;
  readonly shownAs: string;
  readonly bytes: number;
}

/**
 * The files under data/raw that the format reads, sorted by path: the order of rows must not depend on the file system's.
 *
 * @throws DiagnosticError `no-raw-data`
 */
export async function rawFiles(root: string, format: PreprocessingConfig['format']): Promise<RawFile[]> {
  const folder = join(root, projectLayout.raw);
  const wanted = format === 'wordnet-nouns' ? /(^|\/)data\.noun$/ : /\.(jsonl|csv)$/;
  const names = existsSync(folder)
    ? (await listFiles(folder)).filter((name) => name !== PROVENANCE_FILE && wanted.test(name))
    : [];
  if (names.length === 0)
    throw new DiagnosticError('no-raw-data', {
      message: `${projectLayout.raw} holds no ${format === 'wordnet-nouns' ? 'data.noun' : '.jsonl or .csv'} file`,
      at: { file: projectLayout.raw },
      fix: 'run `reprise data ingest` first, or correct preprocessing.format in configs/data_config.yaml',
    });
  return Promise.all(
    names.map(async (name) => ({
      path: join(folder, name),
      shownAs: `${projectLayout.raw}/${name}`,
      bytes: (await stat(join(folder, name))).size,
    })),
  );
}
