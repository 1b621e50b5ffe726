import { regressionMetrics, type RegressionMetrics } from './metrics-regression.js';

export interface RegressionByOutput {
  /** Over the outputs, each of the same weight: scikit-learn's `uniform_average`; `null` where an output has none. */
  readonly mean: RegressionMetrics;
  /** In the order of the labels. */
  readonly outputs: readonly RegressionMetrics[];
}

/** Figures of a model that says a number for each label. Both [rows, labels], row-major. */
export function regressionByOutput(
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
  labels: readonly string[],
): RegressionByOutput {
  const outputs = labels.map((_, at) => {
    const own = (values: ArrayLike<number>): Float64Array =>
      Float64Array.from(
        { length: values.length / labels.length },
        (_value, row) => values[row * labels.length + at] as number,
      );
    return regressionMetrics(own(actual), own(predicted));
  });
  const mean = (name: keyof RegressionMetrics): number | null => {
    const values = outputs.map((figures) => figures[name]);
    if (values.includes(null)) return null;
    return (values as number[]).reduce((sum, value) => sum + value, 0) / values.length;
  };
  return {
    mean: {
      mse: mean('mse') as number,
      rmse: mean('rmse') as number,
      mae: mean('mae') as number,
      r2: mean('r2'),
      pearson: mean('pearson'),
      spearman: mean('spearman'),
    },
    outputs,
  };
}
