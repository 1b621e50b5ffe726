import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { constants, copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { partialPath } from '../partial.js';
import { matcher } from '../patterns.js';
import type { OnProgress } from '../progress.js';
import type { OpenBucket } from './open-bucket.js';
import { safeInside } from './safe-path.js';

export interface S3Source {
  /** `s3://<bucket>/<key>`, or a prefix that ends with `/`. */
  readonly url: string;
  readonly files: readonly string[] | undefined;
  readonly cache: string;
  readonly open: OpenBucket | undefined;
  readonly onProgress: OnProgress;
}

/**
 * Brings an object, or those under a prefix, into `folder`. Each is kept in the user's cache by its ETag: a command that was
 * killed goes on with those that are missing.
 *
 * @throws DiagnosticError `source-missing`, `file-not-in-source`, `path-escape`; those of the store
 */
export async function copyFromS3(source: S3Source, folder: string): Promise<void> {
  const { url, files, onProgress } = source;
  if (!source.open) throw new TypeError('nothing can open a bucket here');
  const [, bucketName = '', prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(url) ?? [];
  const bucket = await source.open(bucketName);
  const base = prefix === '' || prefix.endsWith('/') ? prefix : `${dirname(prefix)}/`.replace(/^\.\//, '');
  const wanted = files && matcher(files);
  const found: { key: string; path: string; size: number; etag: string }[] = [];
  for await (const { key, size, etag = '' } of bucket.list(prefix)) {
    // A key that is named stands for itself, not for others that begin with it.
    if (prefix !== base && key !== prefix) continue;
    const path = key.slice(base.length);
    if (path === '' || path.endsWith('/') || (wanted && !wanted(path))) continue;
    found.push({ key, path, size, etag });
  }
  const absent = (files ?? []).filter((pattern) => !found.some(({ path }) => matcher([pattern])(path)));
  if (found.length === 0 || absent.length > 0)
    throw new DiagnosticError(absent.length > 0 ? 'file-not-in-source' : 'source-missing', {
      message: absent.length > 0 ? `${url} has no file ${absent.join(', ')}` : `there is nothing at ${url}`,
      at: { file: 'configs/data_config.yaml' },
      fix: 'correct ingestion.source or ingestion.files; a prefix ends with /',
    });
  const total = found.reduce((sum, { size }) => sum + size, 0);
  let bytes = 0;
  for (const { key, path, etag, size } of found) {
    const name = createHash('sha256').update(`${bucketName}\n${key}\n${etag}\n${size}`).digest('hex');
    const cached = join(source.cache, 'sources', 's3', name, basename(key));
    const onBytes = (more: number): void =>
      onProgress({ step: (bytes += more), total, message: 'fetching, bytes' });
    if (etag !== '' && existsSync(cached)) onBytes(size);
    else {
      await mkdir(dirname(cached), { recursive: true });
      const partial = partialPath(cached);
      try {
        await bucket.download(key, partial, { onBytes });
        await rename(partial, cached);
      } finally {
        await rm(partial, { force: true });
      }
    }
    const target = safeInside(folder, path, url);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(cached, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  }
}
