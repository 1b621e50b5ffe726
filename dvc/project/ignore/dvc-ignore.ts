import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { IgnoreTree } from './ignore-tree.js';

/** DVC never looks into these. */
const DEFAULTS = ['.hg/', '.git/', '.git', '.dvc/'];

export interface DvcIgnoreOptions {
  /** Also look into folders that are DVC projects of their own. */
  readonly intoOtherProjects?: boolean;
}

/** What DVC leaves out of a project: `.dvcignore` files, its own and git's folders, and projects inside the project. */
export function dvcIgnore(root: string, { intoOtherProjects = false }: DvcIgnoreOptions = {}): IgnoreTree {
  return new IgnoreTree({
    root,
    fileName: '.dvcignore',
    dialect: 'pathspec',
    defaults: DEFAULTS,
    ...(intoOtherProjects ? {} : { leavesOut: (folder) => existsSync(join(folder, '.dvc')) }),
  });
}
