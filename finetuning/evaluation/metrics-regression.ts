/** How near numbers are to what they should be. */
export interface RegressionMetrics {
  readonly mse: number;
  /** Its root: in the numbers' own unit. */
  readonly rmse: number;
  readonly mae: number;
  /** Share of the numbers' variance that is told; `null` where they are all the same. */
  readonly r2: number | null;
  /** Correlation of the numbers; `null` where one side is the same in all rows, so that there is none. */
  readonly pearson: number | null;
  /** Correlation of their ranks. */
  readonly spearman: number | null;
}

/**
 * As scikit-learn's `mean_squared_error`, `root_mean_squared_error`, `mean_absolute_error` and `r2_score`, SciPy's
 * `pearsonr` and `spearmanr`. Both [rows].
 */
export function regressionMetrics(
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
): RegressionMetrics {
  if (actual.length !== predicted.length) throw new RangeError('actual and predicted differ in length');
  const gaps = Float64Array.from(actual, (value, row) => (predicted[row] as number) - value);
  const mse = mean(gaps.map((gap) => gap * gap));
  const variance = varianceOf(Float64Array.from(actual));
  return {
    mse,
    rmse: Math.sqrt(mse),
    mae: mean(gaps.map(Math.abs)),
    r2: actual.length < 2 || variance === 0 ? null : 1 - mse / variance,
    pearson: correlation(Float64Array.from(actual), Float64Array.from(predicted)),
    spearman: correlation(ranks(actual), ranks(predicted)),
  };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varianceOf(values: Float64Array): number {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
}

function correlation(x: Float64Array, y: Float64Array): number | null {
  const isConstant = (values: Float64Array): boolean => values.every((value) => value === values[0]);
  if (x.length < 2 || isConstant(x) || isConstant(y)) return null;
  const centered = (values: Float64Array): Float64Array => {
    const middle = mean(values);
    const apart = values.map((value) => value - middle);
    // To length 1, so that their product is the cosine between them.
    const length = Math.sqrt(apart.reduce((sum, value) => sum + value * value, 0));
    return apart.map((value) => value / length);
  };
  const [u, v] = [centered(x), centered(y)];
  const product = u.reduce((sum, value, row) => sum + value * (v[row] as number), 0);
  return Math.max(-1, Math.min(1, product));
}

/** From 1; equal values share the mean of their ranks. */
function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, row) => row);
  order.sort((a, b) => (values[a] as number) - (values[b] as number));
  const found = new Float64Array(values.length);
  for (let start = 0; start < order.length;) {
    const value = values[order[start] as number];
    let end = start + 1;
    while (end < order.length && values[order[end] as number] === value) end++;
    for (const row of order.slice(start, end)) found[row] = (start + 1 + end) / 2;
    start = end;
  }
  return found;
}
