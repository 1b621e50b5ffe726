import { statSync, type BigIntStats } from 'node:fs';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { dvcIgnore } from '../../project/index.js';
import type { Md5, Project } from '../../types.js';
import { mapConcurrently } from '../files/concurrent.js';
import { hashCacheOf } from './hash-cache.js';
import { legacyMd5OfFile, md5OfFile } from './md5.js';
import { makeTree, type Tree } from './tree.js';
import { walkFiles } from './walk.js';

/** `md5`, or what DVC 2.x used, in which entries without `hash:` are. */
export type HashName = 'md5' | 'md5-dos2unix';

export interface HashedFile {
  readonly kind: 'file';
  readonly path: string;
  readonly md5: Md5;
  readonly size: number;
  readonly isexec: boolean;
}

export interface HashedFolder {
  readonly kind: 'folder';
  readonly path: string;
  readonly md5: Md5;
  /** Sum of the files' sizes. */
  readonly size: number;
  readonly nfiles: number;
  readonly tree: Tree;
  readonly files: readonly (HashedFile & { readonly relpath: string })[];
}

export type Hashed = HashedFile | HashedFolder;

/**
 * Hashes a file or folder as DVC does.
 *
 * @returns undefined when nothing is there (a symbolic link to nothing is an error)
 * @throws DiagnosticError `file-changing`, `broken-link`, `not-a-file`, `ignore-in-folder`
 */
export async function hashPath(
  project: Project,
  path: string,
  name: HashName = 'md5',
): Promise<Hashed | undefined> {
  const info = infoOf(path);
  if (!info) return undefined;
  const cache = hashCacheOf(project);
  try {
    if (!info.isDirectory()) return await hashFile(project, path, info, name);
    const walked = await walkFiles(path, dvcIgnore(project.root));
    const files = await mapConcurrently(walked, async (file) => ({
      ...(await hashFile(project, file.path, file.info, name)),
      relpath: file.relpath,
    }));
    const tree = makeTree(files);
    const size = files.reduce((sum, file) => sum + file.size, 0);
    return { kind: 'folder', path, md5: tree.md5, size, nfiles: files.length, tree, files };
  } finally {
    await cache.flush();
  }
}

/** One look at a time, which takes less than to wait for another thread to have it. */
function infoOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

async function hashFile(
  project: Project,
  path: string,
  info: BigIntStats,
  name: HashName,
): Promise<HashedFile> {
  const result = {
    kind: 'file',
    path,
    size: Number(info.size),
    isexec: (info.mode & 0o111n) !== 0n,
  } as const;
  if (name === 'md5-dos2unix') return { ...result, md5: await legacyMd5OfFile(path) };
  const cache = hashCacheOf(project);
  const known = await cache.get(path, info);
  if (known) return { ...result, md5: known };
  const md5 = await md5OfFile(path, result.size);
  const after = infoOf(path);
  if (after?.mtimeNs !== info.mtimeNs || after.size !== info.size) {
    throw new DiagnosticError('file-changing', {
      message: `${path} changed while it was read`,
      at: { file: path },
      fix: 'let whatever writes it end first',
    });
  }
  await cache.set(path, info, md5);
  return { ...result, md5 };
}
