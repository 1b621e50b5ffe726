import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Where to write what is to become `path`: beside it, under a name of this process's own. What processes that were
 * killed left beside it is cleared away.
 */
export function partialPath(path: string): string {
  clearLeftovers(path);
  return `${path}.partial-${process.pid}`;
}

/** Where the folder that stands at `path` waits while its successor takes its place. */
export function asidePath(path: string): string {
  return `${path}.aside-${process.pid}`;
}

function clearLeftovers(path: string): void {
  const folder = dirname(path);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const match = /^\.(partial|aside)-(\d+)$/.exec(name.slice(basename(path).length));
    if (!match || isAlive(Number(match[2]))) continue;
    const leftover = join(folder, name);
    // Killed between the two renames of a replacement: what stood there goes back.
    if (match[1] === 'aside' && !existsSync(path)) renameSync(leftover, path);
    else rmSync(leftover, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process cannot be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
