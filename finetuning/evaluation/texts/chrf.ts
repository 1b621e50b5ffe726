import { countNGrams, overlap, total } from './n-grams.js';
import { splitAtSpaces } from './spaces.js';

const MOST_CHARACTERS = 6;
/** Recall counts β times as much as precision. */
const BETA = 2;

/**
 * chrF2 of many texts together, 0–100, as sacrebleu's `nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no`.
 *
 * Popović, "chrF: character n-gram F-score for automatic MT evaluation", 2015.
 */
export function chrf(references: readonly string[], predictions: readonly string[]): number {
  const [wantedRuns, givenRuns, common] = [0, 0, 0].map(() => new Float64Array(MOST_CHARACTERS)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const add = (sums: Float64Array, at: number, count: number): void =>
    void (sums[at] = (sums[at] as number) + count);
  for (const [row, reference] of references.entries()) {
    const [wanted, given] = [characters(reference), characters(predictions[row] as string)];
    for (let at = 0; at < MOST_CHARACTERS; at++) {
      const [one, other] = [countNGrams(wanted, at + 1), countNGrams(given, at + 1)];
      add(wantedRuns, at, total(one));
      // Runs longer than the reference cannot be right, and are not held against a text.
      add(givenRuns, at, one.size > 0 ? total(other) : 0);
      add(common, at, overlap(one, other));
    }
  }
  const orders = [...common.keys()].filter((at) => wantedRuns[at] && givenRuns[at]);
  const mean = (of: Float64Array): number =>
    orders.reduce((sum, at) => sum + (common[at] as number) / (of[at] as number), 0) / orders.length;
  if (orders.length === 0) return 0;
  const [precision, recall] = [mean(givenRuns), mean(wantedRuns)];
  if (precision + recall === 0) return 0;
  return (100 * (1 + BETA ** 2) * precision * recall) / (BETA ** 2 * precision + recall);
}

/** Without spaces. */
function characters(text: string): string[] {
  return [...splitAtSpaces(text).join('')];
}
