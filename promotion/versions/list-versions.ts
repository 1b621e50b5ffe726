import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { ContentReference } from '../../workflows/index.js';
import { readCandidate } from './candidate-alias.js';
import { insideProject } from './paths.js';
import { readProduction } from './production.js';
import { readVersion, type VersionRecord } from './version-record.js';

/** A model that was registered, or promoted. */
export interface ModelVersion {
  readonly version: number;
  readonly model: ContentReference;
  /** Its answers on the test rows that it was judged by; absent where their record is gone. */
  readonly predictions?: ContentReference;
  readonly inProduction: boolean;
  /** It was registered, and waits to be promoted. */
  readonly isCandidate: boolean;
  /** Where it came from; absent of one from before there were records. */
  readonly record?: VersionRecord;
}

/** What a `.dvc` file of a version says. */
const tracked = z.object({
  outs: z
    .array(
      z.object({
        md5: z.string().regex(/^[0-9a-f]{32}(\.dir)?$/),
        size: z.number().optional(),
        nfiles: z.number().optional(),
        isexec: z.literal(true).optional(),
      }),
    )
    .length(1),
});

/**
 * All versions whose records are there, the newest first.
 *
 * @param final the folder of registered models, relative to the project
 * @throws DiagnosticError `bad-version` naming the record; `bad-production`, `path-outside`
 */
export async function listVersions(root: string, final: string): Promise<ModelVersion[]> {
  const folder = await insideProject(root, final);
  const production = await readProduction(root, final);
  const candidate = await readCandidate(root, final);
  const names = await readdir(folder).catch(() => [] as string[]);
  const versions: ModelVersion[] = [];
  for (const name of names) {
    const number = /^model_v(\d+)\.dvc$/.exec(name)?.[1];
    if (number === undefined) continue;
    const record = await readVersion(root, final, Number(number));
    const answers = names.find((one) => one.startsWith(`predictions_v${number}.`) && one.endsWith('.dvc'));
    versions.push({
      version: Number(number),
      model: await readRecord(folder, final, name),
      ...(answers === undefined ? {} : { predictions: await readRecord(folder, final, answers) }),
      inProduction: production?.version === Number(number),
      isCandidate: candidate === Number(number),
      ...(record ? { record } : {}),
    });
  }
  return versions.sort((a, b) => b.version - a.version);
}

async function readRecord(folder: string, final: string, name: string): Promise<ContentReference> {
  const shown = join(final, name);
  try {
    const [out] = tracked.parse(parse(await readFile(join(folder, name), 'utf8'))).outs;
    const { md5, size = 0, nfiles, isexec } = out as NonNullable<typeof out>;
    return {
      path: shown.slice(0, -'.dvc'.length),
      ...{ md5, size },
      ...(nfiles === undefined ? {} : { nfiles }),
      ...(isexec ? { isexec } : {}),
    };
  } catch (cause) {
    throw new DiagnosticError('bad-version', {
      message: `${shown} does not say which content the model has`,
      at: { file: shown },
      fix: 'restore it from git',
      cause,
    });
  }
}
