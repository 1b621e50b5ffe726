import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { matcher } from '../patterns.js';
import type { OnProgress } from '../progress.js';
import { safeInside } from './safe-path.js';
import { tarEntries } from './tarball.js';

/**
 * Streams files of an npm tarball into `folder`. npm puts everything under one top folder (`package/`), which is left off.
 *
 * @param files which to take, by path in the package, or pattern; undefined takes all
 * @throws DiagnosticError `file-not-in-source`, `path-escape`, `bad-archive`
 */
export async function extractPackage(
  tarball: string,
  files: readonly string[] | undefined,
  folder: string,
  onProgress: OnProgress,
): Promise<void> {
  const wanted = files && matcher(files);
  const absent = new Set(files);
  const seen: string[] = [];
  let bytes = 0;
  for await (const entry of tarEntries(tarball)) {
    const path = entry.path.split('/').slice(1).join('/');
    seen.push(path);
    if (wanted && !wanted(path)) continue;
    for (const pattern of absent) if (matcher([pattern])(path)) absent.delete(pattern);
    const target = safeInside(folder, path, tarball);
    await mkdir(dirname(target), { recursive: true });
    await pipeline(entry.content, createWriteStream(target, { flags: 'wx' }));
    bytes += entry.size;
    onProgress({ step: bytes, message: 'extracting, bytes' });
  }
  if (absent.size === 0) return;
  throw new DiagnosticError('file-not-in-source', {
    message: `the package has no file ${[...absent].join(', ')}`,
    at: { file: 'configs/data_config.yaml' },
    expected: `one of ${seen.slice(0, 20).join(', ')}${seen.length > 20 ? ', …' : ''}`,
    fix: 'correct ingestion.files',
  });
}
