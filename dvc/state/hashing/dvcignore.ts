import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { parseIgnorePattern, type IgnorePattern } from './ignore-pattern.js';

export const IGNORE_FILE = '.dvcignore';

const ALWAYS = ['.hg/', '.git/', '.git', '.dvc/'];

interface Rules {
  /** Relative to the project's root, POSIX, '' for the root. */
  readonly base: string;
  readonly patterns: readonly IgnorePattern[];
}

/** What DVC does not see: `.dvcignore` files from the project's root down to a path, and projects inside the project. */
export class DvcIgnore {
  readonly #byFolder = new Map<string, readonly Rules[]>();

  constructor(readonly root: string) {}

  /** @param path absolute */
  ignores(path: string, isDirectory: boolean): boolean {
    const inside = this.#inside(path);
    if (inside === undefined || inside === '') return false;
    const rules = this.#rulesFor(dirname(path));
    const parts = inside.split('/');
    for (let i = 1; i <= parts.length; i++) {
      const prefix = parts.slice(0, i).join('/');
      if (verdict(rules, prefix, isDirectory || i < parts.length)) return true;
    }
    return false;
  }

  #inside(path: string): string | undefined {
    const inside = relative(this.root, path).split(sep).join('/');
    return inside === '..' || inside.startsWith('../') ? undefined : inside;
  }

  #rulesFor(folder: string): readonly Rules[] {
    const known = this.#byFolder.get(folder);
    if (known) return known;
    const isRoot = folder === this.root;
    const above = isRoot
      ? [{ base: '', patterns: ALWAYS.map((line) => parseIgnorePattern(line) as IgnorePattern) }]
      : this.#rulesFor(dirname(folder));
    const base = this.#inside(folder) ?? '';
    const own = this.#linesOf(folder, isRoot);
    const rules = own.length > 0 ? [...above, { base, patterns: own }] : above;
    this.#byFolder.set(folder, rules);
    return rules;
  }

  #linesOf(folder: string, isRoot: boolean): IgnorePattern[] {
    const file = join(folder, IGNORE_FILE);
    // A project inside this one is none of its business.
    const nested = !isRoot && existsSync(join(folder, '.dvc')) ? ['/**'] : [];
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    return [...nested, ...lines].map(parseIgnorePattern).filter((pattern) => pattern !== undefined);
  }
}

/** The last pattern that matches decides. */
function verdict(rules: readonly Rules[], path: string, isDirectory: boolean): boolean {
  for (const { base, patterns } of [...rules].reverse()) {
    if (base !== '' && !path.startsWith(`${base}/`)) continue;
    const inside = base === '' ? path : path.slice(base.length + 1);
    for (const pattern of [...patterns].reverse()) {
      if (pattern.directoriesOnly && !isDirectory) continue;
      if (pattern.regex.test(inside)) return !pattern.negated;
    }
  }
  return false;
}
