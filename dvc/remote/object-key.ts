import type { HashName } from '../state/index.js';
import type { Md5 } from '../types.js';

/** Before the keys of all objects of a kind. */
export function objectsPrefix(name: HashName): string {
  return name === 'md5' ? 'files/md5/' : '';
}

/** Where a remote has an object: as in the cache. */
export function objectKey(md5: Md5, name: HashName = 'md5'): string {
  return `${objectsPrefix(name)}${md5.slice(0, 2)}/${md5.slice(2)}`;
}
