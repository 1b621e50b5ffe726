import { mcnemar, type McNemar } from '../../../statistics/index.js';

/** @param before, after whether a model is right, by row */
export function disagreements(
  rows: number,
  before: (row: number) => boolean,
  after: (row: number) => boolean,
): McNemar {
  let [onlyBefore, onlyAfter] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const [first, second] = [before(row), after(row)];
    if (first && !second) onlyBefore++;
    if (second && !first) onlyAfter++;
  }
  return mcnemar(onlyBefore, onlyAfter);
}
