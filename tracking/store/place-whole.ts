import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Writes a file of MLflow's file store beside, and renames it. MLflow would take what a kill left beside a tag for another tag:
 * so that is at the root, where files are nothing.
 *
 * @param root of the store
 */
export async function placeWhole(
  root: string,
  path: string,
  write: (to: string) => Promise<void>,
): Promise<void> {
  const beside = join(root, `.${randomUUID()}`);
  await write(beside);
  await mkdir(dirname(path), { recursive: true });
  await rename(beside, path);
}

export async function writeWhole(root: string, path: string, text: string): Promise<void> {
  await placeWhole(root, path, (to) => writeFile(to, text));
}
