/** Mean loss of the labels that count, and the share of them that was given; of several labels to a row, all of these. */
export interface ValidationResult {
  readonly loss: number;
  /** A number is not right or wrong: a regression has none. */
  readonly accuracy?: number;
  /** Of a language model: e to the loss, as if it chose evenly among so many tokens. */
  readonly perplexity?: number;
}
