export { openProject } from './open-project.js';
export { dvcIgnore, type DvcIgnoreOptions } from './ignore/dvc-ignore.js';
export { gitIgnore } from './ignore/git-ignore.js';
export type { IgnoreTree } from './ignore/ignore-tree.js';
export { fnmatch } from './ignore/fnmatch.js';
