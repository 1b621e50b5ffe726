import type { Readable } from 'node:stream';

export interface ObjectInfo {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
}

/** What is to be stored: bytes at hand, or a file whose bytes are streamed. */
export type ObjectSource = Uint8Array | { readonly file: string };

/**
 * Named objects, as a DVC remote holds them. A key is a relative POSIX path (`files/md5/ab/cdef…`). An object is there whole
 * or not at all, also when a writer dies; the last of several writers wins.
 */
export interface ObjectStore {
  /** For people: the folder or URL. */
  readonly name: string;
  /** Undefined when there is no such object. */
  head(key: string): Promise<ObjectInfo | undefined>;
  /** @throws ObjectMissingError before the stream begins */
  get(key: string): Promise<Readable>;
  /** @throws DiagnosticError `disk-full` */
  put(key: string, source: ObjectSource): Promise<void>;
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
