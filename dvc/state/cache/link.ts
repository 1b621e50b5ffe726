import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import {
  chmod,
  copyFile,
  link,
  lstat,
  mkdir,
  open,
  readlink,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LinkType, ProjectConfig } from '../../types.js';
import { diskFull } from '../files/write-beside.js';
import { canClone, noteClone } from './clone-support.js';
import { fileMode } from './paths.js';

/** What a file system answers when it cannot make such a link: the next type is tried. */
const UNSUPPORTED = [
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'EXDEV',
  'ENOTTY',
  'ENOSYS',
  'EINVAL',
  'EAGAIN',
  'EMLINK',
];

/**
 * Brings an object into the workspace, in place of what is at `target` (a file or nothing): by the first of `types` that the
 * file system can do, else by a copy.
 *
 * @param orCopy false: leave what is there when none of `types` can be had
 * @throws DiagnosticError `disk-full`
 */
export async function linkObject(
  config: ProjectConfig,
  object: string,
  target: string,
  types: readonly LinkType[] = config.cacheTypes,
  orCopy = true,
): Promise<void> {
  if (!orCopy && types.every((type) => type === 'reflink') && !canClone(object, target)) return;
  const temporary = join(dirname(target), `.${randomBytes(12).toString('hex')}.tmp`);
  await mkdir(dirname(target), { recursive: true });
  const { size } = await stat(object);
  try {
    if (!(await makeLink(config, object, temporary, types, size))) {
      if (!orCopy) return;
      await makers.copy(object, temporary, config, size);
    }
    await rename(temporary, target);
    // Renaming one name of an inode over another does nothing.
    await rm(temporary, { force: true });
  } catch (error) {
    await rm(temporary, { force: true });
    throw diskFull(error, target, size);
  }
}

async function makeLink(
  config: ProjectConfig,
  object: string,
  target: string,
  types: readonly LinkType[],
  size: number,
): Promise<boolean> {
  for (const type of types) {
    if (type === 'reflink' && !canClone(object, target)) continue;
    try {
      await makers[type](object, target, config, size);
      return true;
    } catch (error) {
      if (type === 'reflink') noteClone(object, target, error);
      if (!UNSUPPORTED.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await rm(target, { force: true });
    }
  }
  return false;
}

type Maker = (object: string, target: string, config: ProjectConfig, size: number) => Promise<void>;

const makers: Readonly<Record<LinkType, Maker>> = {
  async reflink(object, target, config) {
    await copyFile(object, target, constants.COPYFILE_FICLONE_FORCE);
    await chmod(target, fileMode(config));
  },
  async copy(object, target, config) {
    await copyFile(object, target, constants.COPYFILE_FICLONE);
    await chmod(target, fileMode(config));
  },
  async hardlink(object, target, _config, size) {
    // One object for all empty files would run into the limit on links.
    if (size > 0) await link(object, target);
    else await (await open(target, 'wx')).close();
  },
  async symlink(object, target) {
    await symlink(object, target);
  },
};

/**
 * Brings back a single file that was just put into the cache. A file of its own is not copied again when a copy is the best
 * that can be had.
 */
export async function relinkFile(config: ProjectConfig, object: string, path: string): Promise<void> {
  const info = await lstat(path);
  const isOwn = !info.isSymbolicLink() && info.nlink === 1;
  const { cacheTypes } = config;
  const copyAt = cacheTypes.indexOf('copy');
  if (!isOwn || copyAt < 0) return linkObject(config, object, path);
  const better = cacheTypes.slice(0, copyAt);
  if (better.length > 0) await linkObject(config, object, path, better, false);
}

/** Whether a workspace file that has the right content is also brought in the way that is wanted. */
export async function isLinkedAsWanted(
  config: ProjectConfig,
  object: string,
  path: string,
): Promise<boolean> {
  const info = await lstat(path);
  const isSymlink = info.isSymbolicLink();
  const isHardlink = !isSymlink && info.nlink > 1;
  const inCache = await stat(object).catch(() => undefined);
  for (const type of config.cacheTypes) {
    if ((type === 'copy' || type === 'reflink') && !isSymlink && !isHardlink) return true;
    if (type === 'hardlink' && isHardlink && inCache) return info.ino === inCache.ino;
    if (type === 'symlink' && isSymlink) return (await readlink(path)) === object;
  }
  return false;
}

/** Turns a link to the cache into a file of its own that may be written to. */
export async function unprotect(config: ProjectConfig, path: string): Promise<void> {
  const info = await lstat(path);
  if (info.isSymbolicLink() || info.nlink > 1) {
    const temporary = join(dirname(path), `.${randomBytes(12).toString('hex')}.tmp`);
    try {
      await copyFile(path, temporary, constants.COPYFILE_FICLONE);
      await chmod(temporary, fileMode(config));
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw diskFull(error, path, info.size);
    }
  } else await chmod(path, fileMode(config));
}
