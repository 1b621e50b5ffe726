/** DVC's formats and verbs: parse, resolve, graph; lock, hash, cache, status, checkout. */
export {
  PythonFloat,
  type Dependency,
  type LinkType,
  type LockEntry,
  type LockedFile,
  type Md5,
  type Output,
  type ParamKey,
  type ParamsDependency,
  type ParamValue,
  type Pipeline,
  type Project,
  type ProjectConfig,
  type Selection,
  type Stage,
  type StageChange,
} from './types.js';
export { dvcIgnore, openProject } from './project/index.js';
export { loadPipeline, readParams, requireParams, type ParamValues } from './parse/index.js';
export { select } from './graph/index.js';
