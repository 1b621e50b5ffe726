import { sumOf, type RowSums } from '../../../statistics/index.js';
import { BLEU_COUNTS, bleu, bleuCounts } from './bleu.js';
import { CHRF_COUNTS, chrf, chrfCounts } from './chrf.js';
import { rouge, type Rouge } from './rouge.js';

/** How like the references a model's texts are. */
export interface CompletionFigures extends Rouge {
  /** Share of texts that are the reference, but for spaces around them. */
  readonly exact_match: number;
  /** 0–100, as is `chrf`; the others are shares. */
  readonly bleu: number;
  readonly chrf: number;
}

/** Of many texts: ROUGE is the mean over them, BLEU and chrF are counted over all together. */
export function completionFigures(
  references: readonly string[],
  predictions: readonly string[],
): CompletionFigures {
  return figuresOfSums(sumOf(completionSums(references, predictions)));
}

const SHARES = ['exact_match', 'rouge_1', 'rouge_2', 'rouge_l'] as const;
/** How many texts, what each is worth, and the counts of BLEU and chrF. */
const WIDTH = 1 + SHARES.length + BLEU_COUNTS + CHRF_COUNTS;

/** What the figures are made of, of each text. */
export function completionSums(references: readonly string[], predictions: readonly string[]): RowSums {
  const values = new Float64Array(references.length * WIDTH);
  for (const [row, reference] of references.entries()) {
    const prediction = predictions[row] as string;
    const likeness = rouge(reference, prediction);
    const exact = Number(isExact(reference, prediction));
    const shares = [1, exact, likeness.rouge_1, likeness.rouge_2, likeness.rouge_l];
    values.set(shares, row * WIDTH);
    values.set(bleuCounts(reference, prediction), row * WIDTH + shares.length);
    values.set(chrfCounts(reference, prediction), row * WIDTH + shares.length + BLEU_COUNTS);
  }
  return { width: WIDTH, values };
}

/** @param sums `completionSums`, added up */
export function figuresOfSums(sums: Float64Array): CompletionFigures {
  const [count, exact, one, two, longest] = sums as unknown as [number, number, number, number, number];
  const counts = sums.subarray(1 + SHARES.length);
  return {
    exact_match: exact / count,
    rouge_1: one / count,
    rouge_2: two / count,
    rouge_l: longest / count,
    bleu: bleu(counts.subarray(0, BLEU_COUNTS)),
    chrf: chrf(counts.subarray(BLEU_COUNTS)),
  };
}

export function isExact(reference: string, prediction: string): boolean {
  return reference.trim() === prediction.trim();
}
