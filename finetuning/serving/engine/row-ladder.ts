/**
 * How many rows a graph may have: one, and `factor` times as many each time, to the most. A batch takes the next larger: a
 * single request does not compute a whole batch's padding, and there are few graphs.
 */
export function rowLadder(maxBatch: number, factor: number): number[] {
  const ladder: number[] = [];
  for (let rows = 1; rows < maxBatch; rows *= factor) ladder.push(rows);
  return [...ladder, maxBatch];
}
