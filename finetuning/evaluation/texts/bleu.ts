import { countNGrams, overlap } from './n-grams.js';
import { tokenize13a } from './tokenize-13a.js';

const MOST_WORDS = 4;

/**
 * BLEU of many texts together, 0–100, as sacrebleu's
 * `nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp`. Texts of fewer than four words each have BLEU 0.
 *
 * Papineni et al., "BLEU: a method for automatic evaluation of machine translation", 2002; Post, "A call for clarity in
 * reporting BLEU scores", 2018.
 */
export function bleu(references: readonly string[], predictions: readonly string[]): number {
  const right = new Float64Array(MOST_WORDS);
  const all = new Float64Array(MOST_WORDS);
  let [wantedLength, givenLength] = [0, 0];
  for (const [at, reference] of references.entries()) {
    const [wanted, given] = [tokenize13a(reference), tokenize13a(predictions[at] as string)];
    wantedLength += wanted.length;
    givenLength += given.length;
    for (let n = 1; n <= MOST_WORDS; n++) {
      right[n - 1] = (right[n - 1] as number) + overlap(countNGrams(given, n), countNGrams(wanted, n));
      all[n - 1] = (all[n - 1] as number) + Math.max(0, given.length - n + 1);
    }
  }
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
