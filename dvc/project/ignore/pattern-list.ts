import type { IgnorePattern } from './pattern.js';

/** The patterns of one file, which hold below its folder. */
export interface PatternList {
  /** Absolute folder. */
  readonly folder: string;
  readonly patterns: readonly IgnorePattern[];
}

/**
 * Whether the lists leave one path out, without looking at the folders above it: the last pattern that matches decides, and a
 * list further down goes before one above. Undefined when none has a say.
 *
 * @param lists from the root downward
 * @param path absolute
 */
export function verdict(lists: readonly PatternList[], path: string, isFolder: boolean): boolean | undefined {
  return lastMatch(
    lists,
    path,
    ({ foldersOnly, matches }, relative) =>
      (isFolder || !foldersOnly) && (matches(relative) || (isFolder && matches(`${relative}/`))),
  );
}

/** Whether the last pattern that describes a folder's contents leaves them out. */
export function contentsVerdict(lists: readonly PatternList[], folder: string): boolean {
  const isAbout = ({ describesContents, matches }: IgnorePattern, relative: string) =>
    describesContents && matches(`${relative}/x`);
  return lastMatch(lists, folder, isAbout) ?? false;
}

function lastMatch(
  lists: readonly PatternList[],
  path: string,
  isAbout: (pattern: IgnorePattern, relative: string) => boolean,
): boolean | undefined {
  for (const { folder, patterns } of lists.toReversed()) {
    if (!path.startsWith(`${folder}/`)) continue;
    const relative = path.slice(folder.length + 1);
    const match = patterns.findLast((pattern) => isAbout(pattern, relative));
    if (match) return match.ignores;
  }
  return undefined;
}
