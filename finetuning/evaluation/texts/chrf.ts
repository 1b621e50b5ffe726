import { countNGrams, overlap, total } from './n-grams.js';
import { splitAtSpaces } from './spaces.js';

const MOST_CHARACTERS = 6;
/** Recall counts β times as much as precision. */
const BETA = 2;
/** Runs of 1 to 6 characters that are wanted, that there are, and that both have. */
export const CHRF_COUNTS = 3 * MOST_CHARACTERS;

/** What chrF is made of, of one text. [CHRF_COUNTS] */
export function chrfCounts(reference: string, prediction: string): Float64Array {
  const counts = new Float64Array(CHRF_COUNTS);
  const [wanted, given] = [characters(reference), characters(prediction)];
  for (let at = 0; at < MOST_CHARACTERS; at++) {
    const [one, other] = [countNGrams(wanted, at + 1), countNGrams(given, at + 1)];
    counts[at] = total(one);
    // Runs longer than the reference cannot be right, and are not held against a text.
    counts[MOST_CHARACTERS + at] = one.size > 0 ? total(other) : 0;
    counts[2 * MOST_CHARACTERS + at] = overlap(one, other);
  }
  return counts;
}

/**
 * chrF2 of many texts together, 0–100, as sacrebleu's `nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no`.
 *
 * Popović, "chrF: character n-gram F-score for automatic MT evaluation", 2015.
 *
 * @param counts the texts' `chrfCounts`, added up
 */
export function chrf(counts: Float64Array): number {
  const [wanted, given, common] = [0, 1, 2].map((part) =>
    counts.subarray(part * MOST_CHARACTERS, (part + 1) * MOST_CHARACTERS),
  ) as [Float64Array, Float64Array, Float64Array];
  const orders = [...common.keys()].filter((at) => wanted[at] && given[at]);
  const mean = (of: Float64Array): number =>
    orders.reduce((sum, at) => sum + (common[at] as number) / (of[at] as number), 0) / orders.length;
  if (orders.length === 0) return 0;
  const [precision, recall] = [mean(given), mean(wanted)];
  if (precision + recall === 0) return 0;
  return (100 * (1 + BETA ** 2) * precision * recall) / (BETA ** 2 * precision + recall);
}

/** Without spaces. */
function characters(text: string): string[] {
  return [...splitAtSpaces(text).join('')];
}
