/**
 * Padded lengths a batch may have. Each is a graph of its own, recorded once and kept, so there are few; they are closer
 * together where most texts are, because padding is computed like the rest.
 */
const LENGTHS = [16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072] as const;

/** The ladder of padded lengths up to and including `maxLength`. */
export function lengthBuckets(maxLength: number): number[] {
  return [...LENGTHS.filter((length) => length < maxLength), maxLength];
}

/** The smallest bucket that holds `length`. */
export function bucketFor(length: number, buckets: readonly number[]): number {
  const bucket = buckets.find((candidate) => candidate >= length);
  if (bucket === undefined) throw new RangeError(`no bucket holds ${length} tokens`);
  return bucket;
}
