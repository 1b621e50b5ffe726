/**
 * Lays documents into rows of `capacity` tokens: each, from the longest to the shortest, into the first row that has
 * room for it (first fit decreasing, at most 11/9 of the fewest rows possible). A function of the lengths alone.
 *
 * @param lengths none larger than `capacity`
 * @returns the documents of each row, in the order in which they lie in it
 */
export function packDocuments(lengths: readonly number[], capacity: number): Int32Array[] {
  const order = [...lengths.keys()].sort((a, b) => (lengths[b] as number) - (lengths[a] as number));
  const room = new Rooms(lengths.length, capacity);
  const rows: number[][] = [];
  for (const document of order) {
    const length = lengths[document] as number;
    const row = room.first(length);
    room.take(row, length);
    (rows[row] ??= []).push(document);
  }
  return rows.map((documents) => Int32Array.from(documents));
}

/** What is left in each row, as a tree of maxima: the first row with enough room is found in log n steps. */
class Rooms {
  readonly #leaves: number;
  /** Node n has the children 2n and 2n + 1; the rows are the last level. */
  readonly #largest: Float64Array;

  constructor(rows: number, capacity: number) {
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(1, rows)));
    this.#largest = new Float64Array(2 * this.#leaves).fill(capacity);
  }

  first(length: number): number {
    if ((this.#largest[1] as number) < length) throw new RangeError(`no row holds ${length} tokens`);
    let node = 1;
    while (node < this.#leaves) {
      node *= 2;
      if ((this.#largest[node] as number) < length) node++;
    }
    return node - this.#leaves;
  }

  take(row: number, length: number): void {
    let node = row + this.#leaves;
    this.#largest[node] = (this.#largest[node] as number) - length;
    while (node > 1) {
      node = Math.floor(node / 2);
      const [left, right] = [this.#largest[2 * node] as number, this.#largest[2 * node + 1] as number];
      this.#largest[node] = Math.max(left, right);
    }
  }
}
