import { existsSync } from 'node:fs';

/**
 * Works in a checkout of the run's own, which somebody may clear away meanwhile, as with the cache folder of a host. Whatever fails
 * then is no fault of the stage's: the next attempt makes a checkout anew.
 */
export async function inCheckout<T>(
  { root, isPrivate }: { readonly root: string; readonly isPrivate: boolean },
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!isPrivate || existsSync(root)) throw error;
    throw new Error(`the checkout ${root} was removed while a stage worked in it`, { cause: error });
  }
}
