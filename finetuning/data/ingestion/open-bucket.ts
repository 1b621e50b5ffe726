/** The part of an object store that data is brought from. Who runs the ingestion has one: these rooms know none. */
export interface Bucket {
  list(
    prefix: string,
  ): AsyncIterable<{ readonly key: string; readonly size: number; readonly etag?: string }>;
  /** @returns bytes */
  download(
    key: string,
    file: string,
    options?: { readonly onBytes?: (bytes: number) => void },
  ): Promise<number>;
}

export type OpenBucket = (bucket: string) => Promise<Bucket>;
