/** DVC's state of a project: dvc.lock, hashes, the cache, the run cache, and what is up to date. */
export { commitLock } from './lock/commit.js';
export { formatLockEntry, parseLockEntry } from './lock/entry.js';
export { addData, trackData } from './lock/add-data.js';
export { mergeLock } from './lock/merge.js';
export type { MergeOrder } from './lock/order.js';
export { lockPath, readLock, readLockEntries, readLockEntry } from './lock/read.js';
export {
  hashPath,
  type Hashed,
  type HashedFile,
  type HashedFolder,
  type HashName,
} from './hashing/hash-path.js';
export { isContained, makeTree, parseTree, type Tree, type TreeEntry } from './hashing/tree.js';
export { addToCache, hasObject, missingObjects, readTree, storeObject } from './cache/objects.js';
export { fileMode, objectPath } from './cache/paths.js';
export { checkoutObject, hashNameOf } from './cache/checkout.js';
export { lostByCheckout } from './cache/lost-by-checkout.js';
export { makeFolder } from './cache/make-folder.js';
export { describeInputs, type ParamsReader } from './stage/inputs.js';
export { missingAllowed } from './stage/missing-allowed.js';
export { stageStatus } from './stage/status.js';
export { outputsAt, trackedFiles, type TrackedFiles, type TrackedOutput } from './stage/tracked-files.js';
export { checkoutOutputs, removeOutputs, saveOutputs } from './stage/outputs.js';
export { legacyMd5OfFile, md5OfFile } from './hashing/md5.js';
export { experimentHash } from './runs/experiment.js';
export { checkpointKey, isRunCacheable, runKey, runValue } from './runs/key.js';
export { restoreRun, saveRun } from './runs/store.js';
export { ignoreInGit } from './git/gitignore.js';
export { mapConcurrently } from './files/concurrent.js';
export { beside, writeBeside } from './files/write-beside.js';
export { md5OfBytes } from './hashing/md5.js';
export { compareCodePoints } from './python/compare.js';
export { pythonEquals } from './python/equals.js';
export { pythonJson } from './python/json.js';
export { floatRepr } from './python/number.js';
export { emitYaml } from './yaml/emit.js';
