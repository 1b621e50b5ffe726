import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { ContentReference } from '../../workflows/index.js';
import { insideProject } from './paths.js';

const reference = z.object({
  path: z.string().min(1),
  md5: z.string().regex(/^[0-9a-f]{32}(\.dir)?$/),
  isexec: z.literal(true).optional(),
});

/** `production.json`: the small file, for git, that says which model is in production, and how it got there. */
const productionRecord = z.looseObject({
  version: z.number().int().min(1),
  /** Folder and content of the model: DVC tracks it. */
  model: reference,
  /** Its answers on the test rows that it was judged by. */
  predictions: reference,
  /** The model as it was trained, without its card; absent where it was promoted before there were cards. */
  source: reference.optional(),
  promoted: z.object({ at: z.string(), by: z.string(), reason: z.string(), run: z.string() }),
  /** The last ones before it, the newest first: by these a promotion that is tried again knows that it was done. */
  earlier: z.array(z.object({ version: z.number(), run: z.string() })).optional(),
});

export type ProductionRecord = z.output<typeof productionRecord>;

/** More than may come into production while one promotion is tried again. */
export const KEPT_EARLIER = 10;

export function productionFile(final: string): string {
  return join(final, 'production.json');
}

/**
 * @param final the folder of promoted models, relative to the project
 * @returns undefined when nothing was ever promoted
 * @throws DiagnosticError `bad-production`, `path-outside`
 */
export async function readProduction(root: string, final: string): Promise<ProductionRecord | undefined> {
  const shown = productionFile(final);
  const text = await readFile(await insideProject(root, shown), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    },
  );
  if (text === undefined) return undefined;
  const parsed = productionRecord.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new DiagnosticError('bad-production', {
    message: `${shown} does not say which model is in production: ${[...(issue?.path ?? [])].join('.')} ${issue?.message ?? ''}`,
    at: { file: shown },
    fix: 'restore it from git, or remove it to begin anew',
  });
}

export function referenceOf({ path, md5, isexec }: ContentReference): ProductionRecord['model'] {
  return { path, md5, ...(isexec ? { isexec } : {}) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
