import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DiagnosticError } from '../../../diagnostics/index.js';

/** The file that a model's weights are found through: all of them, or the index of the shards that have them. */
export interface WeightEntry {
  readonly name: string;
  readonly sharded: boolean;
}

/** In the order in which transformers looks for them: a format that runs no code comes first. */
export const weightEntries: readonly WeightEntry[] = [
  { name: 'model.safetensors', sharded: false },
  { name: 'model.safetensors.index.json', sharded: true },
  { name: 'pytorch_model.bin', sharded: false },
  { name: 'pytorch_model.bin.index.json', sharded: true },
];

export function weightEntryOf(has: (name: string) => boolean): WeightEntry | undefined {
  return weightEntries.find(({ name }) => has(name));
}

/** Names of the files beside an index, never paths: what the hub or an archive brought may not point elsewhere. */
const shardName = z.string().regex(/^(?!\.\.?$)[^/\\\0]+$/, 'the name of a file in the same folder');
const indexSchema = z.looseObject({ weight_map: z.record(z.string(), shardName) });

/**
 * @returns tensor → the shard that has it
 * @throws DiagnosticError `bad-weight-index`
 */
export function readWeightIndex(path: string, shownAs: string = path): ReadonlyMap<string, string> {
  try {
    const { weight_map: map } = indexSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    return new Map(Object.entries(map));
  } catch (cause) {
    throw new DiagnosticError('bad-weight-index', {
      message: 'the index of the weights cannot be read',
      at: { file: shownAs },
      expected: '{"weight_map": {"a tensor": "the file that has it"}}',
      found: cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message,
      fix: 'fetch the model again',
      cause,
    });
  }
}

export function shardsOf(index: ReadonlyMap<string, string>): string[] {
  return [...new Set(index.values())].sort();
}

/** The files of a folder's weights, the index included; and those that it ought to have and does not. */
export function weightFilesIn(folder: string): {
  readonly found: readonly string[];
  readonly missing: readonly string[];
} {
  const has = (name: string): boolean => existsSync(join(folder, name));
  const entry = weightEntryOf(has);
  if (!entry) return { found: [], missing: ['model.safetensors'] };
  if (!entry.sharded) return { found: [entry.name], missing: [] };
  const shards = shardsOf(readWeightIndex(join(folder, entry.name)));
  return {
    found: [entry.name, ...shards.filter(has)],
    missing: shards.filter((name) => !has(name)),
  };
}
