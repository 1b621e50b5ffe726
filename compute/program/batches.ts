/**
 * Splits into runs of at most `limit` bytes, or of one item that is larger, in order.
 */
export function batchesByBytes<T>(items: readonly T[], bytes: (item: T) => number, limit: number): T[][] {
  const batches: T[][] = [];
  let room = 0;
  for (const item of items) {
    const size = bytes(item);
    const last = batches.at(-1);
    if (last && size <= room) {
      last.push(item);
      room -= size;
    } else {
      batches.push([item]);
      room = limit - size;
    }
  }
  return batches;
}
