/** DVC's remotes: their configuration, and what crosses between them and the cache. */
export { fetchObjects } from './fetch-objects.js';
export { fetchTree, hasRemoteObject } from './fetch-tree.js';
export { openRemote, type Remote } from './open-remote.js';
export { pushObjects } from './push-objects.js';
export { fetchRun, pushRun } from './one-run.js';
export { fetchRuns, pushRuns, type RunsOptions } from './run-entries.js';
export type { FailedObject, TransferProgress, TransferRequest, TransferResult } from './transfer.js';
