import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { asidePath } from '../partial.js';

/** Puts the finished `fresh` in the place of `target`. What stood there is removed only once the new one stands. */
export async function replaceFolder(fresh: string, target: string): Promise<void> {
  if (!existsSync(target)) return rename(fresh, target);
  const old = asidePath(target);
  await rename(target, old);
  try {
    await rename(fresh, target);
  } catch (cause) {
    await rename(old, target);
    throw cause;
  }
  await rm(old, { recursive: true, force: true });
}
