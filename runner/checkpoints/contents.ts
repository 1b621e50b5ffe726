import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import { md5OfFile, type Md5 } from '../../dvc/index.js';
import type { PlacedCheckpoint } from './checkpoint-order.js';

const contained = z
  .string()
  .refine((path) => path.split('/').every((part) => part !== '' && part !== '.' && part !== '..'), {
    message: 'leads outside of the checkpoint',
  })
  .refine((path) => !/[\0\\]/.test(path));

/** A finished checkpoint, by its files. What a newer build adds is left aside: none of its checkpoints is to be trained anew. */
export const checkpointContents = z.object({
  name: contained.refine((name) => !name.includes('/') && !name.startsWith('.')),
  /** As {@link Position} says. */
  modified: z.number().int().min(0),
  step: z.number().default(0),
  sequence: z.number().int().min(0).default(0),
  files: z.array(
    z.object({
      path: contained,
      md5: z
        .string()
        .regex(/^[0-9a-f]{32}$/)
        .transform((md5) => md5 as Md5),
      size: z.number().int().min(0),
    }),
  ),
});

export type CheckpointContents = z.output<typeof checkpointContents>;

/** Reads a checkpoint of this host. The command may remove it meanwhile: then a file is missing, which is an error. */
export async function readContents(checkpoint: PlacedCheckpoint): Promise<CheckpointContents> {
  const { name, path, step, sequence, modified } = checkpoint;
  const items = await readdir(path, { recursive: true, withFileTypes: true });
  const files = [];
  for (const item of items.filter((candidate) => candidate.isFile())) {
    const file = join(item.parentPath, item.name);
    const { size } = await stat(file);
    files.push({ path: relative(path, file).split(sep).join('/'), md5: await md5OfFile(file), size });
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { name, modified, step, sequence, files };
}

/** Names what a checkpoint holds; its name and time do not count. */
export function digestOf({ files }: CheckpointContents): string {
  return createHash('sha256').update(JSON.stringify(files)).digest('hex');
}
