import type { LanguageComparison } from './language-comparison.js';
import { bitsPerByte } from './language-figures.js';

/** How many rows take so many bits per byte. */
export interface HistogramBin {
  /** The middle of the bin. */
  readonly bits_per_byte: number;
  readonly base: number;
  readonly finetuned: number;
}

const BINS = 20;

/** Of both models in the same bins, from 0 to the most that occurs. */
export function bitsHistogram({ base, finetuned }: LanguageComparison): HistogramBin[] {
  const [before, after] = [base, finetuned].map(({ scores }) =>
    scores.map(bitsPerByte).filter((bits) => !Number.isNaN(bits)),
  ) as [number[], number[]];
  const most = [...before, ...after].reduce((largest, bits) => Math.max(largest, bits), 0);
  // A round width, so that the bins of two revisions are alike.
  const width = Math.max(0.05, Math.ceil((20 * most) / BINS) / 20);
  const count = (all: readonly number[], bin: number): number =>
    all.filter((bits) => Math.floor(bits / width) === bin).length;
  return Array.from({ length: Math.floor(most / width) + 1 }, (_, bin) => ({
    bits_per_byte: Number(((bin + 0.5) * width).toFixed(4)),
    base: count(before, bin),
    finetuned: count(after, bin),
  }));
}
