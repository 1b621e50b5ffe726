import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { IgnoreTree, readLines } from './ignore-tree.js';

/** What git leaves out of the repository that `folder` lies in; undefined when it lies in none. */
export function gitIgnore(folder: string): IgnoreTree | undefined {
  let root = folder;
  while (!existsSync(join(root, '.git'))) {
    if (dirname(root) === root) return undefined;
    root = dirname(root);
  }
  const settings = process.env.XDG_CONFIG_HOME || join(homedir(), '.config');
  const everywhere = [join(settings, 'git/ignore'), join(root, '.git/info/exclude')];
  return new IgnoreTree({
    root,
    fileName: '.gitignore',
    dialect: 'dulwich',
    defaults: everywhere.filter((file) => existsSync(file)).flatMap(readLines),
  });
}
