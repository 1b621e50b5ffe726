import { constants } from 'node:fs';
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { isPattern, matcher } from '../patterns.js';
import type { OnProgress } from '../progress.js';
import { sha512Integrity } from './digest.js';
import { listFiles } from '../list-files.js';
import { checkIntegrity } from './npm-source.js';
import { safeInside } from './safe-path.js';

/**
 * Copies the user's own file, or the data files of a folder (those that `files` names; else .jsonl and .csv; else what the
 * other formats read), or those that a pattern names, into `folder`.
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
  if (isPattern(source.path)) {
    const parts = source.path.split('/');
    const fixed = parts.slice(0, parts.findIndex(isPattern));
    const pattern = parts.slice(fixed.length).join('/');
    const path = fixed.length > 0 ? fixed.join('/') || '/' : '.';
    return copyFromPath({ ...source, path, files: [pattern] }, folder, onProgress);
  }
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
  const named = source.files && matcher(source.files);
  const kinds = [/\.(jsonl|csv)$/, /\.(tsv|parquet|(jsonl|csv|tsv)\.gz)$/, /\.(png|jpe?g|webp)$/i, /\.json$/];
  const usual = kinds.map((kind) => present.filter((path) => kind.test(path)));
  const wanted = named ? present.filter(named) : (usual.find((paths) => paths.length > 0) ?? []);
  const missing = (source.files ?? []).filter((pattern) => !present.some(matcher([pattern])));
  if (missing.length > 0 || wanted.length === 0)
    throw new DiagnosticError('file-not-in-source', {
      message:
        missing.length === 0
          ? `${source.path} holds no file ${source.files ? 'that is named' : 'of data: .jsonl, .csv, .tsv, .json, .parquet, .png, .jpg, .webp'}`
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
