/** Where objects are kept, apart from any project: DVC remotes. */
export { LocalStore } from './local-store.js';
export {
  ObjectMissingError,
  type ObjectInfo,
  type ObjectSource,
  type ObjectStore,
  type TransferOptions,
} from './object-store.js';
export { openS3Store } from './open-s3-store.js';
export { TransientRemoteError } from './remote-error.js';
export type { S3Options } from './s3/s3-options.js';
