import { dirname } from 'node:path';

/** What a file system says that never clones files, or not between these two places. */
const NEVER = ['ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'ENOTTY', 'ENOSYS'];

/** Pairs of a cache and a folder between which a clone was refused for good: it is not tried again for each file. */
const refused = new Set<string>();
/** When these are too many, it is. */
const MOST = 1_000;

/** Whether a copy-on-write clone may be had, from the cache to the workspace or back. */
export function canClone(object: string, file: string): boolean {
  return !refused.has(placesOf(object, file));
}

/** @param error of the attempt */
export function noteClone(object: string, file: string, error: unknown): void {
  if (!NEVER.includes((error as NodeJS.ErrnoException).code ?? '')) return;
  if (refused.size >= MOST) refused.clear();
  refused.add(placesOf(object, file));
}

/** Objects lie in many folders, by the first letters of their names. */
function placesOf(object: string, file: string): string {
  return `${dirname(dirname(object))}\0${dirname(file)}`;
}
