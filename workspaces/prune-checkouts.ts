import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isBeingMade, readCheckout, workspacesFolder } from './checkout-folder.js';

/** A checkout may be looked at for so long after its run: when something failed, a person wants to see what was there. */
const KEPT_MS = 24 * 3600_000;

/**
 * Removes checkouts of runs that have ended, and what a killed worker left half made. What they held is in the cache, in the
 * remote and in git.
 *
 * @param isOpen whether Temporal still has the run
 */
export async function pruneCheckouts(
  served: string,
  isOpen: (run: string) => Promise<boolean>,
): Promise<void> {
  const parent = workspacesFolder(served);
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    if (isBeingMade(name)) continue;
    const folder = join(parent, name);
    const info = await stat(folder).catch(() => undefined);
    if (!info || Date.now() - info.mtimeMs < KEPT_MS) continue;
    const checkout = await readCheckout(folder);
    if (checkout && (await isOpen(checkout.run))) continue;
    await rm(folder, { recursive: true, force: true });
  }
}
