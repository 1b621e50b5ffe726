import type { TensorData } from '../../compute/index.js';
import type { EncodedTexts } from './encoded-texts.js';
import { bucketFor } from './length-buckets.js';

/** Model inputs of one batch, [rows, width] row-major. */
export interface PaddedBatch {
  readonly rows: number;
  readonly width: number;
  readonly inputIds: Int32Array;
  /** 1 where there is a token, 0 where there is padding. */
  readonly attentionMask: Float32Array;
  /** Which of two texts a token is counted to. Absent where no text has a second one. */
  readonly tokenTypeIds?: Int32Array;
}

/**
 * Pads the chosen texts to the smallest bucket, and the batch to `rows` with copies of nothing: a row beyond the texts
 * has one token to attend to, so that its softmax is defined, and is given no weight by whoever asked.
 */
export function padBatch(
  texts: EncodedTexts,
  indices: ArrayLike<number>,
  rows: number,
  buckets: readonly number[],
  padId: number,
): PaddedBatch {
  let longest = 1;
  for (let row = 0; row < indices.length; row++)
    longest = Math.max(longest, texts.length(indices[row] as number));
  const width = bucketFor(longest, buckets);
  const inputIds = new Int32Array(rows * width).fill(padId);
  const attentionMask = new Float32Array(rows * width);
  const tokenTypeIds = texts.hasPairs ? new Int32Array(rows * width) : undefined;
  for (let row = 0; row < rows; row++) {
    const start = row * width;
    if (row >= indices.length) {
      attentionMask[start] = 1;
      continue;
    }
    const ids = texts.ids(indices[row] as number);
    inputIds.set(ids, start);
    attentionMask.fill(1, start, start + ids.length);
    tokenTypeIds?.set(texts.types(indices[row] as number) ?? [], start);
  }
  return { rows, width, inputIds, attentionMask, ...(tokenTypeIds ? { tokenTypeIds } : {}) };
}

/** The batch as a network of texts is fed. */
export function textFeeds({
  inputIds,
  attentionMask,
  tokenTypeIds,
}: PaddedBatch): Record<string, TensorData> {
  return {
    input_ids: inputIds,
    attention_mask: attentionMask,
    ...(tokenTypeIds ? { token_type_ids: tokenTypeIds } : {}),
  };
}
