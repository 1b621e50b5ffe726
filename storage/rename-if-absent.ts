import { randomBytes } from 'node:crypto';
import { lstat, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The right to take a name is held for three calls to the file system; who has held it for so long has died. */
const DEAD_AFTER_MS = 10_000;
const LOOK_MS = 20;

/**
 * Gives a written file a name that nothing has yet, on a file system that has no hard links: exFAT, some network mounts. A rename
 * takes the place of what is there, so the name is looked at and taken while a file beside it is held, which one of several makes.
 * A reader sees the whole file or none. That fails only when its holder is stopped between the look and the rename for longer than
 * after which it counts as dead.
 *
 * @returns false when there was one by that name
 */
export async function renameIfAbsent(temporary: string, path: string): Promise<boolean> {
  const lock = join(dirname(path), `.${basename(path)}.taking.partial`);
  const own = randomBytes(12).toString('hex');
  let seen = { holder: '', since: performance.now() };
  for (;;) {
    if (await exists(path)) return false;
    if (await make(lock, own)) break;
    const holder = await readFile(lock, 'utf8').catch(() => '');
    const now = performance.now();
    if (holder !== seen.holder) seen = { holder, since: now };
    else if (now - seen.since > DEAD_AFTER_MS) await breakLock(lock);
    await sleep(LOOK_MS);
  }
  try {
    if (await exists(path)) return false;
    await rename(temporary, path);
    return true;
  } finally {
    // Another may have broken it, and hold its own.
    if ((await readFile(lock, 'utf8').catch(() => '')) === own) await rm(lock, { force: true });
  }
}

async function make(lock: string, own: string): Promise<boolean> {
  try {
    await writeFile(lock, own, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Of several that would break it, one gets it under another name. */
async function breakLock(lock: string): Promise<void> {
  const away = `${lock.slice(0, -'.partial'.length)}.${randomBytes(6).toString('hex')}.partial`;
  await rename(lock, away).catch(() => undefined);
  await rm(away, { force: true });
}

async function exists(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
