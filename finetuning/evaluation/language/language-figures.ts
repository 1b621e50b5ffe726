import type { RowScore } from '../../models/scoring/open-scorer.js';

/** How well a language model knows held-out texts. */
export interface LanguageFigures {
  /** Mean cross entropy of a token, in nats. */
  readonly loss: number;
  /** e to the loss: as if the model chose evenly among so many tokens. */
  readonly perplexity: number;
  /** What a byte of the texts takes, if the model compresses them: comparable between tokenizers, too. */
  readonly bits_per_byte: number;
  /** Share of tokens that the model held likeliest. */
  readonly token_accuracy: number;
}

export function languageFigures(scores: readonly RowScore[]): LanguageFigures {
  const sum = (of: (score: RowScore) => number): number => scores.reduce((all, score) => all + of(score), 0);
  return figuresOfScores({
    loss: sum((score) => score.loss),
    tokens: sum((score) => score.tokens),
    right: sum((score) => score.right),
    bytes: sum((score) => score.bytes),
  });
}

/** @param sums over rows */
export function figuresOfScores({
  loss: nats,
  tokens,
  right,
  bytes,
}: Omit<RowScore, 'cut'>): LanguageFigures {
  const loss = nats / tokens;
  return {
    loss,
    perplexity: Math.exp(loss),
    bits_per_byte: nats / Math.LN2 / bytes,
    token_accuracy: right / tokens,
  };
}

/** Of one row; NaN for one of which no byte is asked for. */
export function bitsPerByte({ loss, bytes }: RowScore): number {
  return bytes === 0 ? Number.NaN : loss / Math.LN2 / bytes;
}
