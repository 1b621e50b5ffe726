import { randomBytes } from 'node:crypto';
import { renameSync, statSync, type BigIntStats } from 'node:fs';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';

/** A name in the same folder, hidden, that nobody else uses: what is written there can be renamed into place. */
export function beside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}.tmp`);
}

export interface WriteOptions {
  readonly mode?: number;
  readonly isCache?: boolean;
  readonly seen?: string;
}

/** A file is not what it was when it was read. */
export class ChangedMeanwhile extends Error {
  constructor(path: string) {
    super(`${path} was changed by somebody else`);
    this.name = 'ChangedMeanwhile';
  }
}

/** Another one when the file is another, or has other content; empty when there is none. */
export function stampOf(path: string): string {
  const info = statSync(path, { bigint: true, throwIfNoEntry: false });
  return info ? `${info.ino}:${info.size}:${info.mtimeNs}` : '';
}

/** In one go: a process may be stopped anywhere, and go on when others have written. */
function replaceSeen(temporary: string, path: string, seen: string): void {
  if (stampOf(path) !== seen) throw new ChangedMeanwhile(path);
  renameSync(temporary, path);
}

/**
 * Replaces `path` by what `write` puts in a new file: all of it or nothing, also when the host dies in between.
 *
 * @param options `mode`: permission bits; otherwise those of the file that is replaced, or the default. `isCache`: it may be lost, or
 *   cut off, when the host dies. `seen`: of the file as it was read, by {@link stampOf}; what has changed since is not replaced
 * @returns what the system knows of the new file
 * @throws DiagnosticError `disk-full`; ChangedMeanwhile
 */
export async function writeBeside(
  path: string,
  content: string | Uint8Array,
  { mode, isCache = false, seen }: WriteOptions = {},
): Promise<BigIntStats> {
  const temporary = beside(path);
  let info: BigIntStats;
  try {
    const bits = mode ?? (await permissions(path));
    const handle = await open(temporary, 'wx', bits ?? 0o666);
    try {
      await handle.writeFile(content);
      if (bits !== undefined) await handle.chmod(bits);
      if (!isCache) await handle.sync();
      info = await handle.stat({ bigint: true });
    } finally {
      await handle.close();
    }
    if (seen === undefined) await rename(temporary, path);
    else replaceSeen(temporary, path, seen);
  } catch (error) {
    await rm(temporary, { force: true });
    throw diskFull(
      error,
      path,
      typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength,
    );
  }
  if (!isCache) await syncFolder(dirname(path));
  return info;
}

async function permissions(path: string): Promise<number | undefined> {
  const info = await stat(path).catch(() => undefined);
  return info && info.mode & 0o777;
}

/** Makes a rename in `folder` survive a power cut. Some file systems cannot; they are no worse off than before. */
export async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } catch {
    // Not supported there.
  } finally {
    await handle?.close();
  }
}

/**
 * Turns ENOSPC and EDQUOT into a `disk-full` error that says what was to be written where; passes anything else on.
 *
 * @param bytes 0 where it is not known how many
 */
export function diskFull(error: unknown, path: string, bytes: number): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new DiagnosticError('disk-full', {
    message: `no space left to write ${path}${bytes > 0 ? `: ${bytes} bytes are needed` : ''}`,
    at: { file: path },
    fix: `free ${bytes > 0 ? `at least ${bytes} bytes` : 'some space'} on that file system (dvc gc removes cache objects that nothing uses), then run again`,
    cause: error,
  });
}
