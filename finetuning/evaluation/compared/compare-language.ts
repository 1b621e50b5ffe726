import type { RowScore } from '../../models/scoring/open-scorer.js';
import type { RowSums } from '../../../statistics/index.js';
import { completionSums, figuresOfSums, isExact } from '../texts/completion-figures.js';
import { figuresOfScores, type LanguageFigures } from '../language/language-figures.js';
import { compareSums } from './compare-figures.js';
import type { Differences, IntervalSettings } from './compared.js';
import { disagreements } from './disagreements.js';

/** What is compared of a language model. */
interface Said {
  /** [rows] */
  readonly scores: readonly RowScore[];
  /** What it goes on with. [asked] */
  readonly answers: readonly string[];
}

/** @param references what the rows that are gone on from go on with, [asked] */
export async function compareLanguage(
  references: readonly string[],
  before: Said,
  after: Said,
  settings: IntervalSettings,
): Promise<Differences> {
  const known = await compareSums(
    scoreSums(before.scores),
    scoreSums(after.scores),
    (sums) => ({ ...languageFiguresOf(sums) }),
    settings,
  );
  if (references.length === 0) return { figures: known };
  const like = await compareSums(
    completionSums(references, before.answers),
    completionSums(references, after.answers),
    (sums) => ({ ...figuresOfSums(sums) }),
    settings,
  );
  const isRight =
    ({ answers }: Said) =>
    (row: number): boolean =>
      isExact(references[row] as string, answers[row] as string);
  return {
    figures: { ...known, ...like },
    mcnemar: disagreements(references.length, isRight(before), isRight(after)),
  };
}

const WIDTH = 4;

function scoreSums(scores: readonly RowScore[]): RowSums {
  const values = new Float64Array(scores.length * WIDTH);
  for (const [row, { loss, tokens, right, bytes }] of scores.entries())
    values.set([loss, tokens, right, bytes], row * WIDTH);
  return { width: WIDTH, values };
}

function languageFiguresOf(sums: Float64Array): LanguageFigures {
  const [loss, tokens, right, bytes] = sums as unknown as [number, number, number, number];
  return figuresOfScores({ loss, tokens, right, bytes });
}
