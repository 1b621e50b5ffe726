export { CONFIG_LEVELS, configFiles, type ConfigLevel } from './config/folders.js';
export { parseIni, type IniValue } from './config/ini.js';
export { EditableIni } from './config/editable-ini.js';
export { readIfPresent, shownFile } from './config/read-config.js';
export { openProject } from './open-project.js';
export { dvcIgnore, type DvcIgnoreOptions } from './ignore/dvc-ignore.js';
export { gitIgnore } from './ignore/git-ignore.js';
export type { IgnoreTree } from './ignore/ignore-tree.js';
export { fnmatch } from './ignore/fnmatch.js';
