import { chmod, lstat, mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DiagnosticError, type Location } from '../../../diagnostics/index.js';
import type { LinkType, LockedFile, Md5, Project } from '../../types.js';
import { mapConcurrently } from '../files/concurrent.js';
import { hashCacheOf } from '../hashing/hash-cache.js';
import { hashPath, type HashName, type Hashed } from '../hashing/hash-path.js';
import { linkObject } from './link.js';
import { missingObjects, readTree } from './objects.js';
import { objectPath } from './paths.js';

/** By which hash a locked file is named. */
export function hashNameOf(locked: LockedFile): HashName {
  return locked.hash === undefined ? 'md5-dos2unix' : 'md5';
}

/**
 * Makes the file or folder at `path` what `locked` says, from the cache. Nothing in the workspace is touched unless the cache
 * has all of it; files that already are right stay as they are.
 *
 * @throws DiagnosticError `cache-missing`, `disk-full`
 */
export async function checkoutObject(
  project: Project,
  path: string,
  locked: LockedFile & { readonly md5: Md5 },
  at: Location,
  types?: readonly LinkType[],
): Promise<void> {
  const name = hashNameOf(locked);
  const missing = await missingObjects(project.config, locked.md5, name);
  if (missing.length > 0) throw cacheMissing(locked.path, missing, at);
  const current = await hashPath(project, path, name).catch(() => undefined);
  if (current?.md5 !== locked.md5) {
    const place = new Checkout(project, name, types);
    if (locked.md5.endsWith('.dir')) await place.folder(path, locked.md5, current);
    else await place.file(path, locked.md5);
  }
  if (locked.isexec) await chmod(path, (await stat(path)).mode | 0o100);
  await hashCacheOf(project).flush();
}

class Checkout {
  constructor(
    readonly project: Project,
    readonly name: HashName,
    readonly types: readonly LinkType[] | undefined,
  ) {}

  async folder(path: string, md5: Md5, current: Hashed | undefined): Promise<void> {
    const entries = (await readTree(this.project.config, md5, this.name)) ?? [];
    await makeWay(path, true);
    await mkdir(path, { recursive: true });
    const wanted = new Map(entries.map((entry) => [entry.relpath, entry.md5]));
    const right = new Set<string>();
    for (const file of current?.kind === 'folder' ? current.files : []) {
      if (wanted.get(file.relpath) === file.md5) right.add(file.relpath);
      else if (!wanted.has(file.relpath)) await rm(file.path, { force: true });
    }
    const wrong = [...wanted].filter(([relpath]) => !right.has(relpath));
    // Folders first: files that are made side by side must not clear the way for one another.
    const folders = new Set(wrong.map(([relpath]) => dirname(join(path, relpath))));
    for (const folder of [...folders].sort()) await this.#makeFolders(folder, path);
    await mapConcurrently(wrong, ([relpath, file]) => this.file(join(path, relpath), file));
  }

  /** A file that stands where a folder inside `top` must be goes. */
  async #makeFolders(folder: string, top: string): Promise<void> {
    if (folder.length > top.length) await this.#makeFolders(dirname(folder), top);
    await makeWay(folder, true);
    await mkdir(folder, { recursive: true });
  }

  async file(path: string, md5: Md5): Promise<void> {
    await makeWay(path, false);
    const { config } = this.project;
    await linkObject(config, objectPath(config, md5, this.name), path, this.types ?? config.cacheTypes);
    if (this.name === 'md5')
      await hashCacheOf(this.project).set(path, await stat(path, { bigint: true }), md5, true);
  }
}

/** Removes what is of the other kind. */
async function makeWay(path: string, forFolder: boolean): Promise<void> {
  const info = await lstat(path).catch(() => undefined);
  if (info && info.isDirectory() !== forFolder) await rm(path, { recursive: true, force: true });
}

function cacheMissing(path: string, missing: readonly Md5[], at: Location): DiagnosticError {
  return new DiagnosticError('cache-missing', {
    message: `the cache lacks ${missing.length === 1 ? `the object ${missing[0]}` : `${missing.length} objects`} of ${path}`,
    at,
    fix: 'fetch it from the remote (dvc pull), or run the stage again',
  });
}
