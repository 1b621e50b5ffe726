import type { TensorData } from '../../../compute/index.js';

/** What one pass over a batch is fed. */
export interface ExampleBatch {
  /** Padded length in tokens; the side of an image in pixels. Each width has a graph of its own. */
  readonly width: number;
  /** The network's feeds. */
  readonly inputs: Readonly<Record<string, TensorData>>;
  /** What the network is to say of each row, or token: see `labelSpec`. 0 where there is nothing. */
  readonly labels: Int32Array | Float32Array;
  /** [n] 1 for a label that counts, 0 for padding and for what is not to be learned. */
  readonly counted: Float32Array;
}

/** Which pass of a training it is, for what is drawn at random. Absent where nothing is: in validation. */
export interface PassCounter {
  readonly seed: number;
  readonly pass: number;
}

/** Rows in the form that a network is fed, of one data file. */
export interface Examples {
  readonly count: number;
  /** Of the row: tokens. What is of like length is batched together. */
  length(index: number): number;
  /** How many labels of the row count. */
  labelsIn(index: number): number;
  /** The rows of the file that lie in it, from 0, where that is not the one of the same number. */
  readonly sourcesOf?: (index: number) => Int32Array;
  /** The width that a batch of these rows will have. */
  widthOf(indices: ArrayLike<number>): number;
  /** @param rows how many the batch has to have; rows beyond `indices` do not count */
  batch(indices: Int32Array, rows: number, counter?: PassCounter): ExampleBatch | Promise<ExampleBatch>;
}

/** The widths that these batches will have, each once, ascending. */
export function widthsOf(batches: Iterable<Int32Array>, examples: Examples): number[] {
  const widths = new Set<number>();
  for (const batch of batches) widths.add(examples.widthOf(batch));
  return [...widths].sort((a, b) => a - b);
}
