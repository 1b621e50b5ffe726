import { DiagnosticError } from '../../diagnostics/index.js';
import type { HashName } from '../state/index.js';
import type { Md5, Project } from '../types.js';
import type { Remote } from './open-remote.js';

/** Which objects are to cross between the cache and a remote. */
export interface TransferRequest {
  readonly project: Project;
  readonly remote: Remote;
  /** Those of directories stand for their files, too. */
  readonly hashes: readonly Md5[];
  /** `md5-dos2unix` for what DVC 2.x stored: it lies apart. */
  readonly hashName?: HashName;
  /** How many at a time; otherwise as the remote says. */
  readonly jobs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
}

export interface TransferProgress {
  readonly files: number;
  readonly totalFiles: number;
  readonly bytes: number;
  /** Unknown when fetching: a remote's objects are not asked for their sizes first. */
  readonly totalBytes?: number;
}

/** What became of each object, those in directories as well. */
export interface TransferResult {
  readonly transferred: readonly Md5[];
  readonly present: readonly Md5[];
  readonly failed: readonly FailedObject[];
  readonly bytes: number;
}

export interface FailedObject {
  readonly md5: Md5;
  readonly error: Error;
}

/** Whether it would strike the other objects just as well: then nothing more is tried. */
function isFatal(error: unknown, signal: AbortSignal | undefined): boolean {
  if (signal?.aborted) return true;
  return (
    error instanceof DiagnosticError &&
    /^(remote-|no-bucket|credentials-expired|disk-full|bad-config)/.test(error.code)
  );
}

/** Counts what has crossed, and tells. */
export class Tally {
  readonly transferred: Md5[] = [];
  readonly failed: FailedObject[] = [];
  bytes = 0;
  readonly #request: TransferRequest;
  readonly #totalBytes: number | undefined;

  constructor(
    request: TransferRequest,
    readonly totalFiles: number,
    totalBytes?: number,
  ) {
    this.#request = request;
    this.#totalBytes = totalBytes;
    this.#tell();
  }

  readonly onBytes = (bytes: number): void => {
    this.bytes += bytes;
    this.#tell();
  };

  done(md5: Md5): void {
    this.transferred.push(md5);
    this.#tell();
  }

  /** @throws `error` when it is fatal */
  fail(md5: Md5, error: unknown): void {
    if (isFatal(error, this.#request.signal)) throw error;
    this.failed.push({ md5, error: error instanceof Error ? error : new Error(String(error)) });
    this.#tell();
  }

  #tell(): void {
    if (this.totalFiles === 0) return;
    const totalBytes = this.#totalBytes;
    this.#request.onProgress?.({
      files: this.transferred.length + this.failed.length,
      totalFiles: this.totalFiles,
      bytes: this.bytes,
      ...(totalBytes !== undefined && { totalBytes }),
    });
  }
}
