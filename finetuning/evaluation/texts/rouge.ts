import { countNGrams, overlap, total } from './n-grams.js';

/** F-measures, 0–1. */
export interface Rouge {
  readonly rouge_1: number;
  readonly rouge_2: number;
  readonly rouge_l: number;
}

/**
 * ROUGE of one text as Google's rouge-score has it without a stemmer: lower case, words of `a–z` and `0–9` alone.
 *
 * Lin, "ROUGE: a package for automatic evaluation of summaries", 2004.
 */
export function rouge(reference: string, prediction: string): Rouge {
  const [wanted, given] = [words(reference), words(prediction)];
  const ofRuns = (n: number): number => {
    const [one, other] = [countNGrams(wanted, n), countNGrams(given, n)];
    return fMeasure(overlap(one, other), total(one), total(other));
  };
  return {
    rouge_1: ofRuns(1),
    rouge_2: ofRuns(2),
    rouge_l: fMeasure(longestCommon(wanted, given), wanted.length, given.length),
  };
}

function words(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

function fMeasure(common: number, wanted: number, given: number): number {
  // 2pr / (p + r), with p = common / given and r = common / wanted.
  return common === 0 ? 0 : (2 * common) / (wanted + given);
}

/** Length of the longest sequence of words that both have in this order, with others between or not. */
function longestCommon(one: readonly string[], other: readonly string[]): number {
  let above = new Uint32Array(other.length + 1);
  for (const word of one) {
    const row = new Uint32Array(other.length + 1);
    for (const [at, candidate] of other.entries())
      row[at + 1] =
        word === candidate ? (above[at] as number) + 1 : Math.max(above[at + 1] as number, row[at] as number);
    above = row;
  }
  return above.at(-1) as number;
}
