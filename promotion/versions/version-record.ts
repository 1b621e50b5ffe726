import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { writeBeside } from '../../dvc/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { ContentReference, Lineage } from '../../workflows/index.js';
import { insideProject } from './paths.js';
import type { ProductionRecord } from './production.js';

const reference = z.object({
  path: z.string().min(1),
  md5: z.string().regex(/^[0-9a-f]{32}(\.dir)?$/),
  size: z.number().optional(),
  nfiles: z.number().optional(),
  isexec: z.literal(true).optional(),
});

const lineage = z.looseObject({
  code: z
    .looseObject({
      commit: z.string(),
      branch: z.string().optional(),
      repository: z.string().optional(),
      changed: z.boolean(),
    })
    .optional(),
  stage: z.looseObject({ name: z.string(), command: z.string() }).optional(),
  data: z.record(z.string(), z.string()),
  params: z.record(z.string(), z.unknown()),
  metrics: z.record(z.string(), z.number()),
});

const versionRecord = z.looseObject({
  version: z.number().int().min(1),
  model: reference,
  predictions: reference.optional(),
  source: reference,
  registered: z.object({ at: z.string(), by: z.string(), reason: z.string(), run: z.string() }),
  lineage: lineage.optional(),
});

/** `model_vN.json`, for git: what version N is, and where it came from. Written once, before its files are there. */
export interface VersionRecord {
  readonly version: number;
  /** As DVC tracks it in `model_vN`: what was trained, and the card. */
  readonly model: ContentReference;
  readonly predictions?: ContentReference;
  /** As it was trained, and by which it was judged. */
  readonly source: ContentReference;
  readonly registered: ProductionRecord['promoted'];
  readonly lineage?: Lineage;
}

export const versionFile = (final: string, version: number): string => join(final, `model_v${version}.json`);

/**
 * @param final the folder of registered models, relative to the project
 * @returns undefined for a version of before there were records
 * @throws DiagnosticError `bad-version`, `path-outside`
 */
export async function readVersion(
  root: string,
  final: string,
  version: number,
): Promise<VersionRecord | undefined> {
  const shown = versionFile(final, version);
  const text = await readFile(await insideProject(root, shown), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    },
  );
  if (text === undefined) return undefined;
  try {
    // What JSON has is never undefined.
    return versionRecord.parse(JSON.parse(text)) as VersionRecord;
  } catch (cause) {
    throw new DiagnosticError('bad-version', {
      message: `${shown} does not say what the model is`,
      at: { file: shown },
      fix: 'restore it from git',
      cause,
    });
  }
}

export async function writeVersion(root: string, final: string, record: VersionRecord): Promise<void> {
  const file = await insideProject(root, versionFile(final, record.version));
  await mkdir(dirname(file), { recursive: true });
  await writeBeside(file, `${JSON.stringify(record, undefined, 2)}\n`);
}
