import { round } from './round.js';
import type { CutPoint, Ranking } from './ranking.js';

/** More points than that cannot be told apart, and make `dvc plots` slow. */
const MOST_POINTS = 200;

export interface RocPoint {
  readonly false_positive_rate: number;
  readonly true_positive_rate: number;
}

export interface PrecisionRecallPoint {
  readonly recall: number;
  readonly precision: number;
}

export function rocCurve({ cuts, positives, negatives }: Ranking): RocPoint[] {
  return thinned(cuts).map(({ hits, false_alarms }) => ({
    false_positive_rate: share(false_alarms, negatives),
    true_positive_rate: share(hits, positives),
  }));
}

/** From recall 0 on; before anything was said to be so, precision is 1, as scikit-learn has it. */
export function precisionRecallCurve({ cuts, positives }: Ranking): PrecisionRecallPoint[] {
  return thinned(cuts).map(({ hits, false_alarms }) => ({
    recall: share(hits, positives),
    precision: hits + false_alarms === 0 ? 1 : share(hits, hits + false_alarms),
  }));
}

/** The first, the last, and so many evenly between. */
function thinned(cuts: readonly CutPoint[]): readonly CutPoint[] {
  if (cuts.length <= MOST_POINTS) return cuts;
  return Array.from(
    { length: MOST_POINTS },
    (_, at) => cuts[Math.round((at * (cuts.length - 1)) / (MOST_POINTS - 1))] as CutPoint,
  );
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : (round(part / whole) as number);
}
