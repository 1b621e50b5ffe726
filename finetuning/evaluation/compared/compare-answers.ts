import type { FiguresOf, RowSums } from '../../../statistics/index.js';
import type { OtherProblem } from '../answer-rows.js';
import { compareFigures, compareSums } from './compare-figures.js';
import type { Differences, IntervalSettings } from './compared.js';
import { disagreements } from './disagreements.js';
import { labelFiguresOf, labelSums } from './label-sums.js';
import { numberFigures } from './number-figures.js';

/** What the rows should be told. */
export interface Answered {
  readonly problem: OtherProblem;
  /** Numbers; of labels 1 where a row has one, and 0. [rows, outputs] */
  readonly actual: ArrayLike<number>;
  readonly outputs: number;
}

/**
 * Two models that say numbers, or any number of labels.
 *
 * @param before, after logits, [rows, outputs]
 */
export async function compareAnswers(
  { problem, actual, outputs }: Answered,
  before: Float32Array,
  after: Float32Array,
  settings: IntervalSettings,
): Promise<Differences> {
  if (problem === 'regression') {
    const of = (logits: Float32Array): FiguresOf => numberFigures(actual, logits, outputs);
    const rows = actual.length / outputs;
    return { figures: await compareFigures(rows, of(before), of(after), settings) };
  }
  const of = (logits: Float32Array): RowSums => labelSums(actual, logits, outputs);
  const figuresOf = (sums: Float64Array) => labelFiguresOf(sums, outputs);
  const isWhole = (logits: Float32Array) => (row: number) => {
    for (let at = row * outputs; at < (row + 1) * outputs; at++)
      if ((actual[at] === 1) !== (logits[at] as number) > 0) return false;
    return true;
  };
  return {
    figures: await compareSums(of(before), of(after), figuresOf, settings),
    mcnemar: disagreements(actual.length / outputs, isWhole(before), isWhole(after)),
  };
}
