import { rankCorrelation, rankedBy, sumOf, type FiguresOf, type Ranked } from '../../../statistics/index.js';
import { numberFiguresOf, numberSums } from './number-sums.js';

/** A regression's figures on any draw of its rows: means over the outputs. Both [rows, outputs]. */
export function numberFigures(
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
  outputs: number,
): FiguresOf {
  const sums = numberSums(actual, predicted, outputs);
  const ranked = Array.from({ length: outputs }, (_, output): readonly [Ranked, Ranked] => {
    const own = (values: ArrayLike<number>): Ranked =>
      rankedBy(Float64Array.from({ length: values.length / outputs }, (_value, row) => values[row * outputs + output] as number)); // prettier-ignore
    return [own(actual), own(predicted)];
  });
  return (times) => ({
    ...numberFiguresOf(sumOf(sums, times), outputs),
    spearman: ranked.reduce((sum, [one, other]) => sum + rankCorrelation(one, other, times), 0) / outputs,
  });
}
