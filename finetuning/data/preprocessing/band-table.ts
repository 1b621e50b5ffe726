/** No row has this number. */
const NONE = -1;

/**
 * Keys of 64 bits → the row that had one first. The rows to come are known, so that the table has its size at once and
 * serves one band after the other: 12 bytes a slot, two slots a row at most.
 */
export class BandTable {
  readonly #first: Int32Array;
  readonly #keys: Uint32Array;
  readonly #mask: number;

  /** @param rows how many there will be */
  constructor(rows: number) {
    let slots = 1024;
    while (slots * 7 < rows * 10) slots *= 2;
    this.#first = new Int32Array(slots).fill(NONE);
    this.#keys = new Uint32Array(slots * 2);
    this.#mask = slots - 1;
  }

  /** @returns the first row of this key; `row` itself, when it is the first */
  firstOf(high: number, low: number, row: number): number {
    for (let slot = low & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const first = this.#first[slot] as number;
      if (first === NONE) {
        this.#first[slot] = row;
        this.#keys[slot * 2] = high;
        this.#keys[slot * 2 + 1] = low;
        return row;
      }
      if (this.#keys[slot * 2] === high && this.#keys[slot * 2 + 1] === low) return first;
    }
  }

  /** For the next band. */
  clear(): void {
    this.#first.fill(NONE);
  }
}
