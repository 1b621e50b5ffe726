/** Rows in the order of their values, so that the ranks of any draw of them follow in one pass. */
export interface Ranked {
  /** [rows] */
  readonly order: Uint32Array;
  /** 1 where a row in this order has the value of the one before it, [rows] */
  readonly isTied: Uint8Array;
}

export function rankedBy(values: ArrayLike<number>): Ranked {
  const order = Uint32Array.from({ length: values.length }, (_, row) => row);
  order.sort((a, b) => (values[a] as number) - (values[b] as number));
  const isTied = Uint8Array.from(order, (row, at) =>
    Number(at > 0 && values[order[at - 1] as number] === values[row]),
  );
  return { order, isTied };
}

/**
 * Spearman's correlation of two sides on a draw of rows: Pearson's of their ranks, equal values sharing the mean of theirs. As
 * SciPy's `spearmanr` of the rows drawn.
 *
 * @param times how often each row counts, [rows]; absent: once
 * @returns NaN where one side is the same in all rows
 */
export function rankCorrelation(one: Ranked, other: Ranked, times?: Uint32Array): number {
  const [x, y] = [ranksOf(one, times), ranksOf(other, times)];
  const count = times ? times.reduce((sum, of) => sum + of, 0) : x.length;
  const middle = (count + 1) / 2;
  let [xx, yy, xy] = [0, 0, 0];
  for (let row = 0; row < x.length; row++) {
    const of = times ? (times[row] as number) : 1;
    if (of === 0) continue;
    const [u, v] = [(x[row] as number) - middle, (y[row] as number) - middle];
    xx += of * u * u;
    yy += of * v * v;
    xy += of * u * v;
  }
  return xy / Math.sqrt(xx * yy);
}

/** From 1, by row. */
function ranksOf({ order, isTied }: Ranked, times?: Uint32Array): Float64Array {
  const ranks = new Float64Array(order.length);
  const timesOf = (at: number): number => (times ? (times[order[at] as number] as number) : 1);
  let below = 0;
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    let same = timesOf(start);
    for (; isTied[end] === 1; end++) same += timesOf(end);
    for (let at = start; at < end; at++) ranks[order[at] as number] = below + (same + 1) / 2;
    below += same;
    start = end;
  }
  return ranks;
}
