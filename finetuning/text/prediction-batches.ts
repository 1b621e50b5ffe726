import type { EncodedTexts } from './encoded-texts.js';
import { bucketFor } from './length-buckets.js';

/** All rows in batches of like length: least padding, and few changes of width. */
export function predictionBatches(
  rows: { readonly count: number; length(index: number): number },
  batchSize: number,
): Int32Array[] {
  const order = Int32Array.from({ length: rows.count }, (_, index) => index);
  order.sort((a, b) => rows.length(a) - rows.length(b) || a - b);
  const batches: Int32Array[] = [];
  for (let at = 0; at < order.length; at += batchSize) batches.push(order.subarray(at, at + batchSize));
  return batches;
}

/** The padded widths that these batches will have, each once, ascending. */
export function widthsOf(
  batches: Iterable<Int32Array>,
  texts: EncodedTexts,
  buckets: readonly number[],
): number[] {
  const widths = new Set<number>();
  for (const batch of batches) {
    let longest = 1;
    for (const index of batch) longest = Math.max(longest, texts.length(index));
    widths.add(bucketFor(longest, buckets));
  }
  return [...widths].sort((a, b) => a - b);
}
