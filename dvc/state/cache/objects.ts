import { createHash, randomBytes } from 'node:crypto';
import { constants, statSync } from 'node:fs';
import { chmod, copyFile, link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { Md5, ProjectConfig } from '../../types.js';
import { mapConcurrently } from '../files/concurrent.js';
import { diskFull, syncFolder } from '../files/write-beside.js';
import type { HashName, Hashed, HashedFile } from '../hashing/hash-path.js';
import { chunksOf, legacyMd5OfFile, md5OfFile } from '../hashing/md5.js';
import { parseTree, type Tree, type TreeEntry } from '../hashing/tree.js';
import { canClone, noteClone } from './clone-support.js';
import { makeFolder } from './make-folder.js';
import { PROTECTED, objectPath } from './paths.js';

/**
 * Whether the cache has an object, whole. One that is not write-protected is hashed: it is protected when it is right and
 * removed when it is not, as DVC does.
 */
export async function hasObject(config: ProjectConfig, md5: Md5, name: HashName = 'md5'): Promise<boolean> {
  const path = objectPath(config, md5, name);
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) return false;
  if ((info.mode & 0o7777) === PROTECTED) return true;
  const actual = await (name === 'md5' ? md5OfFile : legacyMd5OfFile)(path);
  if (actual !== md5.replace('.dir', '')) {
    await rm(path, { force: true });
    return false;
  }
  await chmod(path, PROTECTED).catch(() => undefined);
  return true;
}

/** @throws DiagnosticError `bad-object`; undefined when the cache does not have it */
export async function readTree(
  config: ProjectConfig,
  md5: Md5,
  name: HashName = 'md5',
): Promise<readonly TreeEntry[] | undefined> {
  if (!(await hasObject(config, md5, name))) return undefined;
  const path = objectPath(config, md5, name);
  return parseTree(await readFile(path, 'utf8'), path);
}

/**
 * Objects of an out that the cache lacks: the out's own, or the files of a folder. Empty when it can be checked out. A
 * directory object that cannot be read counts as missing.
 */
export async function missingObjects(
  config: ProjectConfig,
  md5: Md5,
  name: HashName = 'md5',
): Promise<readonly Md5[]> {
  if (!md5.endsWith('.dir')) {
    const isThere = isProtected(objectPath(config, md5, name)) || (await hasObject(config, md5, name));
    return isThere ? [] : [md5];
  }
  const entries = await readTree(config, md5, name).catch(() => undefined);
  if (!entries) return [md5];
  const files = [...new Set(entries.map((entry) => entry.md5))];
  const present = await mapConcurrently(files, (file) => hasObject(config, file, name));
  return files.filter((_, index) => !present[index]);
}

/** One look, which takes less than to wait for another thread to have it; a folder's files are looked at side by side. */
function isProtected(path: string): boolean {
  try {
    const info = statSync(path, { throwIfNoEntry: false });
    return info?.isFile() === true && (info.mode & 0o7777) === PROTECTED;
  } catch {
    return false;
  }
}

/** Puts a file or folder into the cache, the folder's object last: where it is, all of its files are. */
export async function addToCache(
  config: ProjectConfig,
  hashed: Hashed,
  name: HashName = 'md5',
): Promise<void> {
  if (hashed.kind === 'file') return addFile(config, hashed, name);
  const distinct = [...new Map(hashed.files.map((file) => [file.md5, file])).values()];
  await mapConcurrently(distinct, (file) => addFile(config, file, name));
  await addTree(config, hashed.tree, name);
}

async function addFile(config: ProjectConfig, file: HashedFile, name: HashName): Promise<void> {
  if (await hasObject(config, file.md5, name)) return;
  await storeObject(config, file.md5, name, file.size, async (temporary) => {
    const hardlinks = config.cacheTypes[0] === 'hardlink' && file.size > 0;
    if (await cloned(file.path, temporary, hardlinks)) {
      const actual = await (name === 'md5' ? md5OfFile : legacyMd5OfFile)(temporary);
      if (actual !== file.md5) throw changedMeanwhile(file.path);
    } else if (name === 'md5') await copyHashing(file, temporary);
    else await copyFile(file.path, temporary);
  });
}

async function addTree(config: ProjectConfig, tree: Tree, name: HashName): Promise<void> {
  if (await hasObject(config, tree.md5, name)) return;
  await storeObject(config, tree.md5, name, tree.bytes.length, async (temporary) => {
    const handle = await open(temporary, 'wx');
    await handle.writeFile(tree.bytes).finally(() => handle.close());
  });
}

/** Writes an object beside its place, syncs it, protects it and renames it: nobody ever sees half of one. */
export async function storeObject(
  config: ProjectConfig,
  md5: Md5,
  name: HashName,
  bytes: number,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const path = objectPath(config, md5, name);
  const folder = dirname(path);
  const temporary = join(folder, `.${randomBytes(12).toString('hex')}.tmp`);
  try {
    await makeFolder(config, folder);
    await write(temporary);
    const isAlone = await settle(temporary);
    await rename(temporary, path);
    // Renaming one name of an inode over another does nothing.
    if (!isAlone) await rm(temporary, { force: true });
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true });
    throw diskFull(error, path, bytes);
  }
}

/** @returns whether the file has no other name */
async function settle(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
    await handle.chmod(PROTECTED).catch(() => undefined);
    return (await handle.stat()).nlink === 1;
  } finally {
    await handle.close();
  }
}

/** Tries to give the file a second name or a copy-on-write clone. */
async function cloned(source: string, target: string, hardlinks: boolean): Promise<boolean> {
  if (canClone(target, source)) {
    try {
      await copyFile(source, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
      return true;
    } catch (error) {
      await rm(target, { force: true });
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
      noteClone(target, source, error);
    }
  }
  if (!hardlinks) return false;
  try {
    await link(source, target);
    return true;
  } catch {
    return false;
  }
}

async function copyHashing(file: HashedFile, target: string): Promise<void> {
  const hash = createHash('md5');
  const handle = await open(target, 'wx');
  try {
    for await (const chunk of chunksOf(file.path, file.size)) {
      hash.update(chunk);
      await handle.writeFile(chunk);
    }
  } finally {
    await handle.close();
  }
  if (hash.digest('hex') !== file.md5) throw changedMeanwhile(file.path);
}

function changedMeanwhile(path: string): DiagnosticError {
  return new DiagnosticError('file-changing', {
    message: `${path} changed while it was put into the cache`,
    at: { file: path },
    fix: 'let whatever writes it end first',
  });
}
