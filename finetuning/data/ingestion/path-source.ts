import { constants } from 'node:fs';
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { OnProgress } from '../progress.js';
import { sha512Integrity } from './digest.js';
import { listFiles } from '../list-files.js';
import { checkIntegrity } from './npm-source.js';
import { safeInside } from './safe-path.js';

/**
 * Copies the user's own file, or the .jsonl and .csv files of a folder (or those that `files` names), into `folder`.
 *
 * @param path relative to `root`, or absolute
 * @throws DiagnosticError `source-missing`, `file-not-in-source`, `integrity-mismatch`
 */
export async function copyFromPath(
  source: {
    readonly root: string;
    readonly path: string;
    readonly files: readonly string[] | undefined;
    readonly integrity: string | undefined;
  },
  folder: string,
  onProgress: OnProgress,
): Promise<void> {
  const from = resolve(source.root, source.path);
  const what = await stat(from).catch(() => undefined);
  if (!what)
    throw new DiagnosticError('source-missing', {
      message: `the source path:${source.path} does not exist`,
      at: { file: 'configs/data_config.yaml' },
      fix: 'correct ingestion.source; it is relative to the project',
    });
  if (!what.isDirectory()) {
    if (source.integrity !== undefined)
      checkIntegrity(source.path, source.integrity, await sha512Integrity(from));
    return copyAll(dirname(from), [basename(from)], folder, onProgress);
  }
  const present = await listFiles(from);
  const wanted = source.files ?? present.filter((path) => /\.(jsonl|csv)$/.test(path));
  const missing = wanted.filter((path) => !present.includes(path));
  if (missing.length > 0 || wanted.length === 0)
    throw new DiagnosticError('file-not-in-source', {
      message:
        wanted.length === 0
          ? `${source.path} holds no .jsonl or .csv file`
          : `${source.path} has no file ${missing.join(', ')}`,
      at: { file: 'configs/data_config.yaml' },
      fix: 'correct ingestion.source or ingestion.files',
    });
  return copyAll(from, wanted, folder, onProgress);
}

async function copyAll(
  from: string,
  paths: readonly string[],
  folder: string,
  onProgress: OnProgress,
): Promise<void> {
  for (const [index, path] of paths.entries()) {
    const target = safeInside(folder, path, from);
    await mkdir(dirname(target), { recursive: true });
    // A clone where the file system can make one: no bytes are copied, and the two stay apart.
    await copyFile(join(from, path), target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    onProgress({ step: index + 1, total: paths.length, message: 'copying files' });
  }
}
