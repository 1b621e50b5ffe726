import type { IgnorePattern } from './pattern.js';

/** The patterns of one file, which hold below its folder. */
export interface PatternList {
  /** Absolute folder. */
  readonly folder: string;
  readonly patterns: readonly IgnorePattern[];
}

/**
 * What the lists say about one path, without looking at the folders above it: the last pattern that matches decides, and a
 * list further down goes before one above.
 *
 * @param lists from the root downward
 * @param path absolute
 */
export function verdict(
  lists: readonly PatternList[],
  path: string,
  isFolder: boolean,
): IgnorePattern | undefined {
  for (const { folder, patterns } of lists.toReversed()) {
    if (!path.startsWith(`${folder}/`)) continue;
    const relative = path.slice(folder.length + 1);
    const match = patterns.findLast(
      ({ regex, foldersOnly }) =>
        (isFolder || !foldersOnly) && (regex.test(relative) || (isFolder && regex.test(`${relative}/`))),
    );
    if (match) return match;
  }
  return undefined;
}
