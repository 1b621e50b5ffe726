import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface Checkpoint {
  /** Name of the sub-folder. */
  readonly name: string;
  readonly path: string;
  /** When it was last changed, by this host's clock: milliseconds since the epoch. */
  readonly time: number;
}

/**
 * The finished checkpoints of one run key on this host, newest first. A command writes a sub-folder under a name that begins with a dot
 * and renames it when it is whole; so what has no dot is finished.
 */
export async function listCheckpoints(folder: string): Promise<Checkpoint[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch {
    return [];
  }
  const found: Checkpoint[] = [];
  for (const name of names) {
    if (name.startsWith('.')) continue;
    const path = join(folder, name);
    const info = await stat(path).catch(() => undefined);
    if (info?.isDirectory()) found.push({ name, path, time: info.mtimeMs });
  }
  return found.sort((a, b) => b.time - a.time || (a.name < b.name ? 1 : -1));
}

function checkpointsFolder(root: string): string {
  return join(root, '.reprise', 'checkpoints');
}

function checkpointFolder(root: string, key: string): string {
  return join(checkpointsFolder(root), key);
}

export async function openCheckpoints(root: string, key: string): Promise<string> {
  const folder = checkpointFolder(root, key);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Once a stage's outs are in the cache, its checkpoints have nothing left to say. */
export async function removeCheckpoints(root: string, key: string): Promise<void> {
  await rm(checkpointFolder(root, key), { recursive: true, force: true });
}

/**
 * Removes the checkpoints of every key that nothing was written to for `seconds`: nobody came to go on with them.
 *
 * @param held keys that somebody works on: the clock may have been set since he began
 */
export async function expireLocalCheckpoints(
  root: string,
  seconds: number,
  held: ReadonlySet<string>,
): Promise<void> {
  const parent = checkpointsFolder(root);
  const limit = Date.now() - seconds * 1000;
  for (const key of await readdir(parent).catch(() => [])) {
    if (held.has(key)) continue;
    const info = await stat(join(parent, key)).catch(() => undefined);
    if (info && info.mtimeMs < limit) await removeCheckpoints(root, key);
  }
}
