import type { TransferProgress } from '../../dvc/index.js';
import type { ProgressUpdate } from '../progress/index.js';

/** By bytes, where it is known how many there are; else by objects. */
export function progressUpdate(
  message: string,
  { files, totalFiles, bytes, totalBytes }: TransferProgress,
): ProgressUpdate {
  if (totalBytes === undefined) return { step: files, total: totalFiles, message: `${message} (objects)` };
  return { step: megabytes(bytes), total: megabytes(totalBytes), message: `${message} (MB)` };
}

export function megabytes(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}
