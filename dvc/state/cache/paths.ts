import { join } from 'node:path';
import type { Md5, ProjectConfig } from '../../types.js';
import type { HashName } from '../hashing/hash-path.js';

/** Where an object of the cache lies: `files/md5/ab/cdef…`, or `ab/cdef…` for what DVC 2.x stored. */
export function objectPath(config: ProjectConfig, md5: Md5, name: HashName = 'md5'): string {
  const root = name === 'md5' ? join(config.cacheDir, 'files', 'md5') : config.cacheDir;
  return join(root, md5.slice(0, 2), md5.slice(2));
}

/** Of files that are not in the cache: what the umask leaves, or group-writable in a shared cache. */
export function fileMode(config: ProjectConfig): number {
  return config.sharedGroup ? 0o664 : 0o666 & ~process.umask();
}

export function folderMode(config: ProjectConfig): number {
  return config.sharedGroup ? 0o2775 : 0o777 & ~process.umask();
}

/** Of objects in the cache. One in this mode was verified when it was put there: it is trusted without hashing it again. */
export const PROTECTED = 0o444;
