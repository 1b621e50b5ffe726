import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compilePattern, type Dialect, type IgnorePattern } from './pattern.js';
import { contentsVerdict, verdict, type PatternList } from './pattern-list.js';

export interface IgnoreTreeOptions {
  /** Absolute folder below which it speaks. */
  readonly root: string;
  /** `.gitignore` or `.dvcignore`; there may be one in each folder. */
  readonly fileName: string;
  readonly dialect: Dialect;
  /** Lines that hold before any file's. */
  readonly defaults?: readonly string[];
  /** A further reason to leave a folder out. */
  readonly leavesOut?: (folder: string) => boolean;
}

/** Answers which paths the ignore files of a tree leave out. Files are read when first needed, and once. */
export class IgnoreTree {
  readonly #options: IgnoreTreeOptions;
  readonly #lists = new Map<string, readonly PatternList[]>();
  readonly #folders = new Map<string, boolean>();

  constructor(options: IgnoreTreeOptions) {
    this.#options = options;
  }

  /** What is below a folder that is left out is left out, too. Paths outside the tree never are. */
  isIgnored(path: string, isFolder: boolean): boolean {
    const { root, dialect } = this.#options;
    if (!path.startsWith(`${root}/`)) return false;
    if (isFolder)
      return (
        this.#isFolderIgnored(path) ||
        (dialect === 'dulwich' && contentsVerdict(this.#listsIn(dirname(path)), path))
      );
    const parent = dirname(path);
    return this.#isFolderIgnored(parent) || (verdict(this.#listsIn(parent), path, false) ?? false);
  }

  #isFolderIgnored(folder: string): boolean {
    const { root, leavesOut } = this.#options;
    if (folder === root) return false;
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const parent = dirname(folder);
    const ignored =
      this.#isFolderIgnored(parent) ||
      (verdict(this.#listsIn(parent), folder, true) ?? false) ||
      (leavesOut?.(folder) ?? false);
    this.#folders.set(folder, ignored);
    return ignored;
  }

  /** The lists that hold for what lies directly in `folder`. */
  #listsIn(folder: string): readonly PatternList[] {
    const known = this.#lists.get(folder);
    if (known) return known;
    const { root, fileName, dialect, defaults = [] } = this.#options;
    const above =
      folder === root
        ? [{ folder: root, patterns: compile(defaults, dialect) }]
        : this.#listsIn(dirname(folder));
    const file = join(folder, fileName);
    const isLeftOut = verdict(above, file, false) ?? false;
    const lists =
      !isLeftOut && existsSync(file)
        ? [...above, { folder, patterns: compile(readLines(file), dialect) }]
        : above;
    this.#lists.set(folder, lists);
    return lists;
  }
}

export function readLines(file: string): readonly string[] {
  return readFileSync(file, 'utf8').split(/\r?\n/);
}

function compile(lines: readonly string[], dialect: Dialect): readonly IgnorePattern[] {
  return lines.map((line) => compilePattern(line, dialect)).filter((pattern) => pattern !== undefined);
}
