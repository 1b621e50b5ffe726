import type { RowSums } from '../../../statistics/index.js';

/** Of each output: rows, squares and amounts of what is missed, and the first and second moments of both sides. */
const WIDTH = 8;

/** What a regression's figures are made of, row by row. Both [rows, outputs]. */
export function numberSums(
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
  outputs: number,
): RowSums {
  const rows = actual.length / outputs;
  const width = WIDTH * outputs;
  const values = new Float64Array(rows * width);
  for (let output = 0; output < outputs; output++) {
    let middle = 0;
    for (let row = 0; row < rows; row++) middle += (actual[row * outputs + output] as number) / rows;
    for (let row = 0; row < rows; row++) {
      // Around the mean, so that little is lost where second moments are taken from one another.
      const y = (actual[row * outputs + output] as number) - middle;
      const x = (predicted[row * outputs + output] as number) - middle;
      const gap = x - y;
      values.set([1, gap * gap, Math.abs(gap), y, x, y * y, x * x, x * y], row * width + output * WIDTH);
    }
  }
  return { width, values };
}

/** Means over the outputs. Ranks do not add up: Spearman's correlation is not among them, see number-figures. */
export function numberFiguresOf(sums: Float64Array, outputs: number): Record<string, number> {
  const each = Array.from({ length: outputs }, (_, output) => {
    const [n, squares, amounts, y, x, yy, xx, xy] = sums.subarray(
      output * WIDTH,
      (output + 1) * WIDTH,
    ) as unknown as [number, number, number, number, number, number, number, number];
    const [spreadY, spreadX] = [yy - (y * y) / n, xx - (x * x) / n];
    return {
      mse: squares / n,
      rmse: Math.sqrt(squares / n),
      mae: amounts / n,
      r2: 1 - squares / spreadY,
      pearson: (xy - (x * y) / n) / Math.sqrt(spreadX * spreadY),
    };
  });
  const mean = (name: keyof (typeof each)[number]): number =>
    each.reduce((sum, figures) => sum + figures[name], 0) / outputs;
  return {
    mse: mean('mse'),
    rmse: mean('rmse'),
    mae: mean('mae'),
    r2: mean('r2'),
    pearson: mean('pearson'),
  };
}
