/** DVC's remotes: their configuration, and what crosses between them and the cache. */
export {
  addRemote,
  modifyRemote,
  removeRemote,
  renameRemote,
  setDefaultRemote,
  type EditOptions,
} from './config/edit-remotes.js';
export { readRemotes, type Remotes, type RemoteSetting } from './config/read-remotes.js';
export { resolveRemote } from './config/resolve-remote.js';
export { s3Options } from './config/s3-options.js';
export { checkoutUsed, type CheckedOut } from './checkout-used.js';
export { fetchObjects } from './fetch-objects.js';
export { fetchTree, hasRemoteObject } from './fetch-tree.js';
export { openRemote, type Remote } from './open-remote.js';
export { pushObjects } from './push-objects.js';
export { fetchRun, pushRun } from './one-run.js';
export { fetchRuns, pushRuns, type RunsOptions } from './run-entries.js';
export { fetchOutputs, pushOutputs, type OutputsRequest, type OutputsResult } from './transfer-outputs.js';
export { usedOutputs, type UsedOutput, type UsedOutputs } from './used-outputs.js';
export type { FailedObject, TransferProgress, TransferRequest, TransferResult } from './transfer.js';
