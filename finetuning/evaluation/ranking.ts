/** How a ranking separates rows that are so from rows that are not, at each place where it can be cut. */
export interface CutPoint {
  /** Rows above the cut that are so, and that are not. */
  readonly hits: number;
  readonly false_alarms: number;
}

export interface Ranking {
  /** From above the first row, where nothing is, to below the last. Rows with one score are not cut apart. */
  readonly cuts: readonly CutPoint[];
  /** Rows in all that are so, and that are not. */
  readonly positives: number;
  readonly negatives: number;
}

/**
 * @param scores the higher, the surer that it is so. [n]
 * @param isSo of each row
 */
export function rank(scores: Float64Array, isSo: (row: number) => boolean): Ranking {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => (scores[b] as number) - (scores[a] as number));
  const cuts: CutPoint[] = [{ hits: 0, false_alarms: 0 }];
  let [hits, falseAlarms] = [0, 0];
  for (const [place, row] of order.entries()) {
    if (isSo(row)) hits++;
    else falseAlarms++;
    const next = order[place + 1];
    if (next === undefined || scores[next] !== scores[row]) cuts.push({ hits, false_alarms: falseAlarms });
  }
  return { cuts, positives: hits, negatives: falseAlarms };
}

/**
 * Area under the ROC curve: how often a row that is so ranks above one that is not. As scikit-learn's `roc_auc_score`.
 *
 * @returns NaN where there are not rows of both kinds
 */
export function rocAuc({ cuts, positives, negatives }: Ranking): number {
  let area = 0;
  for (let at = 1; at < cuts.length; at++) {
    const [before, here] = [cuts[at - 1] as CutPoint, cuts[at] as CutPoint];
    area += ((here.false_alarms - before.false_alarms) * (here.hits + before.hits)) / 2;
  }
  return area / (positives * negatives);
}

/**
 * Area under the precision–recall curve, in steps: scikit-learn's `average_precision_score`.
 *
 * @returns NaN where no row is so
 */
export function averagePrecision({ cuts, positives }: Ranking): number {
  let area = 0;
  for (let at = 1; at < cuts.length; at++) {
    const [before, { hits, false_alarms }] = [cuts[at - 1] as CutPoint, cuts[at] as CutPoint];
    area += (hits - before.hits) * (hits / (hits + false_alarms));
  }
  return area / positives;
}
