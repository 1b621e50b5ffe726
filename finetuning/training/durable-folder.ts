import { createHash, type Hash } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';

/** What a file is to hold: bytes, text, bytes that are made part by part, or what another file holds. */
export type FileContent =
  | Uint8Array
  | string
  | { readonly parts: () => Iterable<Uint8Array> }
  /** With the digest that it has, if a summary is to name it. */
  | { readonly copyOf: string; readonly sha256?: string };

/** Paths relative to the folder → contents. */
export type FolderContents = Readonly<Record<string, FileContent>>;

/**
 * Writes a folder so that at any moment, a power cut included, there is either the whole of it under its name, or what
 * was there before: written beside under a name with a dot, synced, renamed.
 *
 * @param summary a last file that follows from the others: name → SHA-256 of what was written
 * @throws DiagnosticError `disk-full`, `not-writable`; what was there before is untouched
 */
export function writeFolder(
  folder: string,
  contents: FolderContents,
  summary?: { readonly name: string; readonly of: (sha256: Readonly<Record<string, string>>) => string },
): void {
  const parent = dirname(folder);
  const beside = join(parent, `.${basename(folder)}.writing`);
  const replaced = join(parent, `.${basename(folder)}.replaced`);
  try {
    rmSync(beside, { recursive: true, force: true });
    mkdirSync(beside, { recursive: true });
    const folders = new Set([beside]);
    const digests: Record<string, string> = {};
    for (const [name, content] of Object.entries(contents)) {
      const path = join(beside, name);
      mkdirSync(dirname(path), { recursive: true });
      folders.add(dirname(path));
      const hash = summary && createHash('sha256');
      writeSynced(path, content, hash);
      if (hash) digests[name] = digestOfCopy(content) ?? hash.digest('hex');
    }
    if (summary) writeSynced(join(beside, summary.name), summary.of(digests));
    for (const path of folders) syncFolder(path);
    rmSync(replaced, { recursive: true, force: true });
    if (existsSync(folder)) renameSync(folder, replaced);
    renameSync(beside, folder);
    syncFolder(parent);
    rmSync(replaced, { recursive: true, force: true });
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    throw asDiagnostic(error, folder);
  }
}

/** @param hash gets what is written; not what is copied */
function writeSynced(path: string, content: FileContent, hash?: Hash): void {
  const isCopy = typeof content === 'object' && 'copyOf' in content;
  if (isCopy) copyFileSync(content.copyOf, path);
  const descriptor = openSync(path, isCopy ? 'r+' : 'w');
  try {
    for (const part of isCopy ? [] : partsOf(content)) {
      hash?.update(part);
      for (let done = 0; done < part.byteLength;) done += writeSync(descriptor, part, done);
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function digestOfCopy(content: FileContent): string | undefined {
  return typeof content === 'object' && 'copyOf' in content ? content.sha256 : undefined;
}

function partsOf(content: Exclude<FileContent, { copyOf: string }>): Iterable<Uint8Array> {
  if (typeof content === 'string') return [Buffer.from(content, 'utf8')];
  return 'parts' in content ? content.parts() : [content];
}

function syncFolder(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** No space, over quota, and a file larger than the process may write: in each case the disk's owner has to act. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** What a file system answers when it will not have a folder or file made there. */
const NOT_WRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST']);

/**
 * May the folder be made, or replaced? To be asked before hours of work that end in it.
 *
 * @throws DiagnosticError `not-writable`
 */
export function requireWritable(folder: string): void {
  let parent = dirname(folder);
  while (!existsSync(parent)) parent = dirname(parent);
  try {
    // With the slash a file is refused.
    accessSync(join(parent, '/'), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw asDiagnostic(error, folder);
  }
}

function asDiagnostic(error: unknown, folder: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && NOT_WRITABLE.has(code))
    return new DiagnosticError('not-writable', {
      message: `${folder} cannot be written to (${code})`,
      at: { file: folder },
      fix: 'make it a folder that this user may write to, or name another one',
      cause: error,
    });
  if (code === undefined || !FULL.has(code)) return error;
  return new DiagnosticError('disk-full', {
    message: `there is no room to write ${folder} (${code})`,
    at: { file: folder },
    fix: 'make room and run the same command again: it continues from the checkpoint before',
    cause: error,
  });
}
