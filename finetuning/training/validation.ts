/** Mean cross entropy of the labels that count, and the share of them that was given. */
export interface ValidationResult {
  readonly loss: number;
  readonly accuracy: number;
  /** Of a language model: e to the loss, as if it chose evenly among so many tokens. */
  readonly perplexity?: number;
}
