import type { LockedFile, Project } from '../../types.js';
import { hashPath, type HashName, type Hashed } from '../hashing/hash-path.js';

/** A file or folder of the workspace, with its record for dvc.lock. */
export interface DescribedFile {
  readonly hashed: Hashed;
  readonly name: HashName;
  readonly record: LockedFile;
}

/**
 * Hashes a dep or out. What dvc.lock has under DVC 2.x's hash stays under it for as long as it does not change.
 *
 * @returns undefined when there is no such file
 */
export async function describeFile(
  project: Project,
  path: string,
  file: string,
  locked: LockedFile | undefined,
): Promise<DescribedFile | undefined> {
  if (isLegacy(locked)) {
    const hashed = await hashPath(project, file, 'md5-dos2unix');
    if (hashed && hashed.md5 === locked.md5)
      return { hashed, name: 'md5-dos2unix', record: record(path, hashed, 'md5-dos2unix') };
  }
  const hashed = await hashPath(project, file);
  return hashed && { hashed, name: 'md5', record: record(path, hashed, 'md5') };
}

function record(path: string, hashed: Hashed, name: HashName): LockedFile {
  const { md5, size } = hashed;
  return {
    path,
    ...(name === 'md5' && { hash: 'md5' as const }),
    md5,
    size,
    ...(hashed.kind === 'folder' && { nfiles: hashed.nfiles }),
    ...(hashed.kind === 'file' && hashed.isexec && { isexec: true }),
  };
}

function isLegacy(locked: LockedFile | undefined): locked is LockedFile {
  return locked?.md5 !== undefined && locked.hash === undefined;
}

export function findLocked(files: readonly LockedFile[] | undefined, path: string): LockedFile | undefined {
  return files?.find((file) => file.path === path);
}
