import type { BigIntStats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { IgnoreTree } from '../../project/index.js';

const IGNORE_FILE = '.dvcignore';

export interface WalkedFile {
  /** Relative to the walked folder, POSIX separators. */
  readonly relpath: string;
  readonly path: string;
  readonly info: BigIntStats;
}

/**
 * Files below `folder` as DVC collects them: symbolic links to files are followed, those to folders are left out, and so is
 * what `.dvcignore` names.
 *
 * @throws DiagnosticError `ignore-in-folder`, `broken-link`, `not-a-file`
 */
export async function walkFiles(folder: string, ignore: IgnoreTree, prefix = ''): Promise<WalkedFile[]> {
  const found: WalkedFile[] = [];
  const here = join(folder, prefix);
  for (const item of await readdir(here, { withFileTypes: true })) {
    const path = join(here, item.name);
    const relpath = prefix === '' ? item.name : `${prefix}/${item.name}`;
    const info = item.isDirectory() ? undefined : await followed(path);
    const isDirectory = info === undefined || info.isDirectory();
    if (ignore.isIgnored(path, isDirectory)) continue;
    if (item.isDirectory()) found.push(...(await walkFiles(folder, ignore, relpath)));
    else if (info && !info.isDirectory()) {
      refuseSpecial(item.name, path, info);
      found.push({ relpath, path, info });
    }
  }
  return found;
}

function refuseSpecial(name: string, path: string, info: BigIntStats): void {
  if (name === IGNORE_FILE) {
    throw new DiagnosticError('ignore-in-folder', {
      message: `${path} stands inside a folder that DVC tracks`,
      at: { file: path },
      fix: `move its lines to the ${IGNORE_FILE} of a folder above the tracked one`,
    });
  }
  if (!info.isFile()) {
    throw new DiagnosticError('not-a-file', {
      message: `${path} is neither a file nor a folder`,
      at: { file: path },
      fix: `remove it, or name it in ${IGNORE_FILE}`,
    });
  }
}

async function followed(path: string): Promise<BigIntStats> {
  try {
    return await stat(path, { bigint: true });
  } catch (cause) {
    throw new DiagnosticError('broken-link', {
      message: `${path} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      at: { file: path },
      fix: `remove it if it is a symbolic link to nothing, or name it in ${IGNORE_FILE}`,
      cause,
    });
  }
}
