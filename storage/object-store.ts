import type { Readable } from 'node:stream';

export interface ObjectInfo {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Another one when the content is another; a listing has it where it costs nothing. */
  readonly etag?: string;
}

/** What is to be stored: bytes at hand, or a file whose bytes are streamed. */
export type ObjectSource = Uint8Array | { readonly file: string };

export interface TransferOptions {
  /** Ends the transfer; nothing of it can be seen then. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes that have newly crossed. A piece that is sent again is not counted again. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/**
 * Named objects, as a DVC remote holds them. A key is a relative POSIX path (`files/md5/ab/cdef…`). An object is there whole
 * or not at all, also when a writer dies; the last of several writers wins.
 */
export interface ObjectStore {
  /** For people: the folder or URL. */
  readonly name: string;
  /** How many objects one request lists; undefined where asking for each object costs no request at all. */
  readonly pageSize?: number;
  /** Undefined when there is no such object. */
  head(key: string): Promise<ObjectInfo | undefined>;
  /** @throws ObjectMissingError before the stream begins */
  get(key: string): Promise<Readable>;
  /**
   * Writes an object to a file, large ones in several pieces at a time. What `file` was is lost; half of an object may be in it
   * when this fails.
   *
   * @returns bytes
   * @throws ObjectMissingError
   */
  download(key: string, file: string, options?: TransferOptions): Promise<number>;
  /** @throws DiagnosticError `disk-full` */
  put(key: string, source: ObjectSource, options?: TransferOptions): Promise<void>;
  /** Stores an object of a few bytes, unless there is one by that key: of several that try at once, one does. */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean>;
  /** Objects whose keys begin with `prefix`, in no particular order. */
  list(prefix: string): AsyncIterable<ObjectInfo>;
  /** Also when there is no such object. */
  delete(key: string): Promise<void>;
}

export class ObjectMissingError extends Error {
  readonly code = 'object-missing';

  constructor(
    readonly store: string,
    readonly key: string,
  ) {
    super(`${store} has no object ${key}`);
    this.name = 'ObjectMissingError';
  }
}

/**
 * Refuses keys that could lead outside of a store, and the hidden names under which stores keep what is not whole yet.
 *
 * @throws TypeError
 */
export function checkKey(key: string): void {
  const parts = key.split('/');
  const isBad = parts.some(
    (part) => part === '' || part === '.' || part === '..' || part.endsWith('.partial'),
  );
  if (isBad || key.includes('\0') || key.includes('\\'))
    throw new TypeError(`bad object key: ${JSON.stringify(key)}`);
}
