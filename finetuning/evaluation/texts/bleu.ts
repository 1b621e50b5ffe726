import { countNGrams, overlap } from './n-grams.js';
import { tokenize13a } from './tokenize-13a.js';

const MOST_WORDS = 4;
/** Runs of 1 to 4 words that are right, runs that there are, words that were wanted and words that there are. */
export const BLEU_COUNTS = 2 * MOST_WORDS + 2;

/** What BLEU is made of, of one text. [BLEU_COUNTS] */
export function bleuCounts(reference: string, prediction: string): Float64Array {
  const counts = new Float64Array(BLEU_COUNTS);
  const [wanted, given] = [tokenize13a(reference), tokenize13a(prediction)];
  for (let n = 1; n <= MOST_WORDS; n++) {
    counts[n - 1] = overlap(countNGrams(given, n), countNGrams(wanted, n));
    counts[MOST_WORDS + n - 1] = Math.max(0, given.length - n + 1);
  }
  counts.set([wanted.length, given.length], 2 * MOST_WORDS);
  return counts;
}

/**
 * BLEU of many texts together, 0–100, as sacrebleu's
 * `nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp`. Texts of fewer than four words each have BLEU 0.
 *
 * Papineni et al., "BLEU: a method for automatic evaluation of machine translation", 2002; Post, "A call for clarity in
 * reporting BLEU scores", 2018.
 *
 * @param counts the texts' `bleuCounts`, added up
 */
export function bleu(counts: Float64Array): number {
  const right = counts.subarray(0, MOST_WORDS);
  const all = counts.subarray(MOST_WORDS, 2 * MOST_WORDS);
  const [wantedLength, givenLength] = counts.subarray(2 * MOST_WORDS) as unknown as [number, number];
  if (right.every((count) => count === 0) || all.includes(0)) return 0;
  let smoothing = 1;
  let logs = 0;
  for (const [at, count] of right.entries()) {
    if (count === 0) smoothing *= 2;
    logs += Math.log((100 * (count === 0 ? 1 / smoothing : count)) / (all[at] as number));
  }
  const brevity = givenLength < wantedLength ? Math.exp(1 - wantedLength / givenLength) : 1;
  return brevity * Math.exp(logs / MOST_WORDS);
}
