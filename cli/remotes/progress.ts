import type { TransferProgress } from '../../dvc/index.js';
import type { ProgressUpdate } from '../progress/index.js';

/** Bytes that take a while. */
const LARGE = 10e6;

/** By bytes, where it is known that there are many; else by objects. */
export function progressUpdate(
  message: string,
  { files, totalFiles, bytes, totalBytes }: TransferProgress,
): ProgressUpdate {
  if (totalBytes === undefined || totalBytes < LARGE)
    return { step: files, total: totalFiles, message: `${message} (objects)` };
  return { step: megabytes(bytes), total: megabytes(totalBytes), message: `${message} (MB)` };
}

export function megabytes(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}
