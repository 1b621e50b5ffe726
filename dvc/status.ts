/** A face of the room for what only looks at a project: what moves data, and speaks to remotes, is not loaded with it. */
export { openProject } from './project/index.js';
export { loadPipeline, readParams } from './parse/index.js';
export { select } from './graph/index.js';
export { readLockEntry } from './state/lock/read.js';
export { missingAllowed } from './state/stage/missing-allowed.js';
export { stageStatus } from './state/stage/status.js';
export type { Output, Pipeline, Selection, Stage, StageChange } from './types.js';
