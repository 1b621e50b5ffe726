/** Where objects are kept, apart from any project: DVC remotes. */
export { LocalStore } from './local-store.js';
export { ObjectMissingError, type ObjectInfo, type ObjectSource, type ObjectStore } from './object-store.js';
