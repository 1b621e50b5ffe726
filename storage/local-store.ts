import { randomBytes } from 'node:crypto';
import { constants, createReadStream, type Dirent } from 'node:fs';
import { chmod, copyFile, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { DiagnosticError } from '../diagnostics/index.js';
import {
  ObjectMissingError,
  checkKey,
  type ObjectInfo,
  type ObjectSource,
  type ObjectStore,
  type TransferOptions,
} from './object-store.js';
import { renameIfAbsent } from './rename-if-absent.js';

/** What a file system answers when it will not have a folder or file made there. */
const NOT_WRITABLE = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'];

/** What a file system answers that has no hard links: exFAT's, FUSE's, and those of network mounts. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES'];

/** Objects as files below a folder: a local DVC remote. */
export class LocalStore implements ObjectStore {
  readonly #mode: number | undefined;

  /** @param options `mode`: permission bits of new objects */
  constructor(
    readonly name: string,
    options: { readonly mode?: number } = {},
  ) {
    this.#mode = options.mode;
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    const info = await orMissing(stat(this.#path(key)));
    return info?.isFile() ? { key, size: info.size } : undefined;
  }

  async get(key: string): Promise<Readable> {
    if (!(await this.head(key))) throw new ObjectMissingError(this.name, key);
    return createReadStream(this.#path(key));
  }

  async download(key: string, file: string, options: TransferOptions = {}): Promise<number> {
    const info = await this.head(key);
    if (!info) throw new ObjectMissingError(this.name, key);
    options.signal?.throwIfAborted();
    await copyFile(this.#path(key), file, constants.COPYFILE_FICLONE);
    options.onBytes?.(info.size);
    return info.size;
  }

  async put(key: string, source: ObjectSource, options: TransferOptions = {}): Promise<void> {
    const path = this.#path(key);
    options.signal?.throwIfAborted();
    const temporary = beside(path);
    try {
      await mkdir(dirname(path), { recursive: true });
      if (source instanceof Uint8Array) await writeBytes(temporary, source);
      else await copyFile(source.file, temporary, constants.COPYFILE_FICLONE);
      await sync(temporary);
      if (this.#mode !== undefined) await chmod(temporary, this.#mode);
      const { size } = await stat(temporary);
      await rename(temporary, path);
      options.onBytes?.(size);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw await this.#explained(error, key, source);
    }
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    const path = this.#path(key);
    const temporary = beside(path);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeBytes(temporary, bytes);
      // Unlike a rename, a link does not take the place of what is there.
      return await link(temporary, path).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (!NO_LINKS.includes(error.code ?? '')) throw error;
          return renameIfAbsent(temporary, path);
        },
      );
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw await this.#explained(error, key, bytes);
    } finally {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    const folder = prefix.includes('/') ? prefix.slice(0, prefix.lastIndexOf('/')) : '';
    yield* this.#walk(folder, prefix);
  }

  async delete(key: string): Promise<void> {
    await rm(this.#path(key), { force: true });
  }

  async *#walk(folder: string, prefix: string): AsyncIterable<ObjectInfo> {
    if (folder !== '') checkKey(folder);
    const items =
      (await orMissing(readdir(join(this.name, folder), { withFileTypes: true }))) ?? ([] as Dirent[]);
    for (const item of items) {
      const key = folder === '' ? item.name : `${folder}/${item.name}`;
      if (item.isDirectory()) {
        if (key.startsWith(prefix) || prefix.startsWith(`${key}/`)) yield* this.#walk(key, prefix);
      } else if (key.startsWith(prefix) && !item.name.endsWith('.partial')) {
        const info = await this.head(key);
        if (info) yield info;
      }
    }
  }

  #path(key: string): string {
    checkKey(key);
    return join(this.name, key);
  }

  async #explained(error: unknown, key: string, source: ObjectSource): Promise<unknown> {
    const { code = '', path } = error as NodeJS.ErrnoException;
    // What cannot be read is the source's matter, not the store's.
    if (NOT_WRITABLE.includes(code) && path?.startsWith(this.name)) {
      return new DiagnosticError('remote-denied', {
        message: `${this.name} cannot be written to (${code})`,
        at: { file: path },
        fix: 'make it a folder that this user may write to, or name another one',
        cause: error,
      });
    }
    if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
    const bytes = source instanceof Uint8Array ? source.byteLength : (await stat(source.file)).size;
    return new DiagnosticError('disk-full', {
      message: `no space left in ${this.name} to store ${key}: ${bytes} bytes are needed`,
      at: { file: this.#path(key) },
      fix: `free at least ${bytes} bytes on that file system, then do it again`,
      cause: error,
    });
  }
}

function beside(path: string): string {
  return join(dirname(path), `.${randomBytes(12).toString('hex')}.partial`);
}

async function writeBytes(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'wx');
  await handle.writeFile(bytes).finally(() => handle.close());
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}

async function orMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
