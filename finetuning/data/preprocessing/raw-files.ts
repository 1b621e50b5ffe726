import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { projectLayout, type PreprocessingConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { PROVENANCE_FILE } from '../ingestion/provenance.js';
import { listFiles } from '../list-files.js';
import { matcher } from '../patterns.js';

export interface RawFile {
  readonly path: string;
  /** In data/raw. */
  readonly name: string;
  readonly shownAs: string;
  readonly bytes: number;
}

/** What each format reads, and how messages call it. */
const FORMATS: Readonly<Record<PreprocessingConfig['format'], { names: RegExp; called: string }>> = {
  'wordnet-nouns': { names: /(^|\/)data\.noun$/, called: 'data.noun' },
  records: { names: /\.((jsonl|csv|tsv)(\.gz)?|parquet)$/, called: '.jsonl, .csv, .tsv, .json or .parquet' },
  prose: { names: /\.txt(\.gz)?$/, called: '.txt' },
  images: { names: /\.(png|jpe?g|webp)$/i, called: '.png, .jpg or .webp' },
  pixels: { names: /\.csv(\.gz)?$/, called: '.csv or .csv.gz' },
};

/**
 * The files under data/raw that the format reads, sorted by path: the order of rows must not depend on the file system's.
 * A .json file often says something about others, and is read where it is asked for, or where there is nothing else.
 *
 * @throws DiagnosticError `no-raw-data`
 */
export async function rawFiles(root: string, config: PreprocessingConfig): Promise<RawFile[]> {
  const folder = join(root, projectLayout.raw);
  const { names: wanted, called } = FORMATS[config.format];
  const present = existsSync(folder)
    ? (await listFiles(folder)).filter((name) => name !== PROVENANCE_FILE)
    : [];
  const asked = config.files && matcher(config.files);
  const known = present.filter((name) => (asked ? asked(name) : wanted.test(name)));
  const json = config.format === 'records' && !asked ? present.filter((name) => name.endsWith('.json')) : [];
  const names = known.length > 0 ? known : json.filter((name) => !/(^|\/)package(-lock)?\.json$/.test(name));
  if (names.length === 0)
    throw new DiagnosticError('no-raw-data', {
      message: `${projectLayout.raw} holds no ${config.files ? `file that preprocessing.files names (${config.files.join(', ')})` : `${called} file`}`,
      at: { file: projectLayout.raw },
      fix: 'run `reprise data ingest` first, or correct preprocessing.format or preprocessing.files in configs/data_config.yaml',
    });
  return Promise.all(
    names.map(async (name) => ({
      path: join(folder, name),
      name,
      shownAs: `${projectLayout.raw}/${name}`,
      bytes: (await stat(join(folder, name))).size,
    })),
  );
}
