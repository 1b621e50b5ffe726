/**
 * How many rows a graph may have: one, four, sixteen, and so on to the most. A batch takes the next larger, so that a single
 * request does not compute a whole batch's padding, and there are few graphs.
 */
export function rowLadder(maxBatch: number): number[] {
  const ladder: number[] = [];
  for (let rows = 1; rows < maxBatch; rows *= 4) ladder.push(rows);
  return [...ladder, maxBatch];
}
