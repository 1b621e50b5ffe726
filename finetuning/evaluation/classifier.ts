/** What is evaluated. `finetuning/models` opens real ones; anything with these three will do. */
export interface Classifier {
  /** In the order of the logits' columns. */
  readonly labels: readonly string[];
  /** @returns logits, [texts, labels] row-major */
  predict(
    texts: readonly string[],
    options?: { readonly batchSize?: number; readonly onProgress?: (done: number, total: number) => void },
  ): Float32Array;
  dispose(): void;
}

/** One of the models compared. */
export interface Contender {
  /** What it is, as the report says it. */
  readonly description: string;
  open(): Promise<Classifier>;
}
