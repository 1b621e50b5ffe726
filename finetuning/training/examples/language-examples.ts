import type { EncodedDocuments } from '../../text/encoded-documents.js';
import { bucketFor } from '../../text/length-buckets.js';
import type { Examples } from './examples.js';

/**
 * Rows of documents for a causal language model. The label of a place is the token after it in the same document.
 *
 * @param rows the documents of each row, laid end to end: their positions start again with each
 * @param buckets widths that a batch may have, ascending
 */
export function languageExamples(
  documents: EncodedDocuments,
  rows: readonly Int32Array[],
  buckets: readonly number[],
  padId: number,
): Examples {
  const sum = (index: number, of: (document: number) => number): number =>
    (rows[index] as Int32Array).reduce((total, document) => total + of(document), 0);
  const length = (index: number): number => sum(index, (document) => documents.length(document));
  const widthOf = (indices: ArrayLike<number>): number => {
    let longest = 1;
    for (let at = 0; at < indices.length; at++) longest = Math.max(longest, length(indices[at] as number));
    return bucketFor(longest, buckets);
  };
  return {
    count: rows.length,
    length,
    labelsIn: (index) => sum(index, (document) => documents.labelsIn(document)),
    widthOf,
    sourcesOf: (index) => rows[index] as Int32Array,
    batch(indices, count) {
      const width = widthOf(indices);
      const batch = emptyBatch(count, width, padId);
      indices.forEach((index, row) => {
        let place = row * width;
        for (const document of rows[index] as Int32Array) place = lay(documents, document, batch, place);
      });
      const { inputIds, attentionMask, positionIds, labels, counted } = batch;
      const inputs = { input_ids: inputIds, attention_mask: attentionMask, position_ids: positionIds };
      return { width, inputs, labels, counted };
    },
  };
}

/** All [rows · width]. */
interface LanguageBatch {
  readonly inputIds: Int32Array;
  readonly attentionMask: Float32Array;
  readonly positionIds: Int32Array;
  readonly labels: Int32Array;
  readonly counted: Float32Array;
}

function emptyBatch(rows: number, width: number, padId: number): LanguageBatch {
  const size = rows * width;
  return {
    inputIds: new Int32Array(size).fill(padId),
    attentionMask: new Float32Array(size),
    positionIds: new Int32Array(size),
    labels: new Int32Array(size),
    counted: new Float32Array(size),
  };
}

/** @returns where the next document begins */
function lay(documents: EncodedDocuments, document: number, batch: LanguageBatch, start: number): number {
  const [ids, learned] = [documents.ids(document), documents.learned(document)];
  const end = start + ids.length;
  batch.inputIds.set(ids, start);
  batch.attentionMask.fill(1, start, end);
  for (let place = start; place < end; place++) batch.positionIds[place] = place - start;
  batch.labels.set(ids.subarray(1), start);
  batch.counted.set(learned.subarray(1), start);
  return end;
}
