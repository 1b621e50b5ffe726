import { predictionBatches } from '../../text/prediction-batches.js';
import type { Examples } from '../../training/examples/examples.js';

export interface ScoringBatch {
  readonly indices: Int32Array;
  /** Rows of the program, at least as many. */
  readonly rows: number;
  readonly width: number;
}

/** Bytes that the logits of a batch may take, which are there three times. GPT-2’s are 200 kB a token. */
const MOST_LOGITS = 256 * 1024 * 1024;

/** Batches of like length, in each as many rows as are asked for, or as there is room for the logits of. */
export function scoringBatches(
  examples: Pick<Examples, 'count' | 'length' | 'widthOf'>,
  { batchSize, vocabulary }: { readonly batchSize: number; readonly vocabulary: number },
): ScoringBatch[] {
  const byWidth = new Map<number, number[]>();
  for (const [row] of predictionBatches(examples, 1)) {
    const width = examples.widthOf([row as number]);
    const rows = byWidth.get(width);
    if (rows) rows.push(row as number);
    else byWidth.set(width, [row as number]);
  }
  return [...byWidth].flatMap(([width, all]) => {
    const room = Math.floor(MOST_LOGITS / (Float32Array.BYTES_PER_ELEMENT * width * vocabulary));
    const rows = Math.max(1, Math.min(batchSize, room, all.length));
    const count = Math.ceil(all.length / rows);
    return Array.from({ length: count }, (_, at) => ({
      indices: Int32Array.from(all.slice(at * rows, (at + 1) * rows)),
      rows,
      width,
    }));
  });
}
