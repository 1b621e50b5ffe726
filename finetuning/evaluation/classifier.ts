import type { TextInput } from '../data/index.js';

/** What is evaluated. `finetuning/models` opens real ones; anything with these three will do. */
export interface Classifier {
  /** In the order of the logits' columns. */
  readonly labels: readonly string[];
  /**
   * @param inputs texts, pairs of texts, or paths of pictures
   * @returns logits, [inputs, labels] row-major
   */
  predict(
    inputs: readonly TextInput[],
    options?: { readonly batchSize?: number; readonly onProgress?: (done: number, total: number) => void },
  ): Float32Array | Promise<Float32Array>;
  dispose(): void;
}

/** The model in production; or, where there is one that cannot be asked, why. */
export type Production<T> = { readonly contender: T } | { readonly reason: string };

/** One of the models compared. */
export interface Contender {
  /** What it is, as the report says it. */
  readonly description: string;
  open(): Promise<Classifier>;
}
