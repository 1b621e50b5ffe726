import { SPLIT_CODES } from './split.js';
import type { LabelSets } from './survey.js';

/** Rows that are wanted of each split; the others are left out. */
export interface SplitTotals {
  readonly test: number;
  readonly val: number;
  readonly train: number;
}

/** In the order in which a label's rows are dealt, by drawing order; 0: left out. */
const SPLITS = [SPLIT_CODES.test, SPLIT_CODES.val, SPLIT_CODES.train, 0] as const;
const TRAIN = SPLITS.indexOf(SPLIT_CODES.train);

/**
 * Splits rows of any number of labels so that each split has its share of each label: iterative stratification (Sechidis,
 * Tsoumakas and Vlahavas, "On the Stratification of Multi-Label Data", 2011). The label with the fewest rows that are left
 * is dealt first, each row to the split that lacks the most of this label. There, which row of a label goes where is
 * chance; here the first in drawing order go to test, the next to val, as with labels that exclude each other, so that rows added later move few
 * others. Sizes come out exactly: in the end some rows change their split, those that the labels' shares mind least.
 *
 * @param order drawing order of each row, [rows]
 * @param totals in all at most the rows
 * @returns a split code for each row, [rows]
 */
export function stratify(labelSets: LabelSets, order: Float64Array, totals: SplitTotals): Uint8Array {
  const { sets, ofRow } = labelSets;
  const hands = new Hands(labelSets, totals);
  const codes = new Uint8Array(ofRow.length);
  const rowsOf = rowsBySet(ofRow, sets.length);
  const isDealt = new Uint8Array(sets.length);
  const deal = (dealt: readonly number[], label: number | undefined): void => {
    const rows = concat(dealt.map((set) => rowsOf[set] as Uint32Array));
    rows.sort((a, b) => (order[a] as number) - (order[b] as number) || a - b);
    let next = 0;
    for (const [at, count] of hands.sharesOf(rows.length, label).entries())
      for (const row of rows.subarray(next, (next += count))) {
        codes[row] = SPLITS[at] as number;
        hands.give(ofRow[row] as number, at);
      }
    for (const set of dealt) isDealt[set] = 1;
  };
  for (let label = hands.rarest(); label !== undefined; label = hands.rarest())
    deal(
      (hands.setsOf[label] as readonly number[]).filter((set) => isDealt[set] === 0),
      label,
    );
  // Rows without a label.
  deal(
    sets.flatMap((names, set) => (names.length === 0 ? [set] : [])),
    undefined,
  );
  for (let move = hands.nextMove(); move !== undefined; move = hands.nextMove()) {
    const { set, from, to } = move;
    const rows = (rowsOf[set] as Uint32Array).filter((row) => codes[row] === SPLITS[from]);
    // The nearest to the other split in drawing order.
    const sign = from < to ? -1 : 1;
    const row = rows.reduce((best, each) =>
      sign * ((order[each] as number) - (order[best] as number)) < 0 ? each : best,
    );
    codes[row] = SPLITS[to] as number;
    hands.take(set, from);
    hands.give(set, to);
  }
  return codes;
}

/** What each split wants and has been given. */
class Hands {
  /** Sets that have it, by label number. */
  readonly setsOf: readonly (readonly number[])[];
  /** Sets by their names, whatever comes first in the file. */
  readonly #inOrder: readonly number[];
  /** Label numbers of each set. */
  readonly #labelsOf: readonly (readonly number[])[];
  /** Rows of each label that have no split yet. */
  readonly #left: number[];
  /** Rows that a split wants beyond those it has: in all, and of each label. [splits], [splits][labels] */
  readonly #lacks: number[];
  readonly #lacksOf: number[][];
  /** Rows that it has of each set and of each label. [splits][sets], [splits][labels] */
  readonly #hasOfSet: Uint32Array[];
  readonly #has: Uint32Array[];

  constructor({ sets, ofRow }: LabelSets, { test, val, train }: SplitTotals) {
    const names = [...new Set(sets.flat())].sort();
    const numbers = new Map(names.map((name, label) => [name, label]));
    this.#labelsOf = sets.map((set) => [...new Set(set)].map((name) => numbers.get(name) as number));
    const keys = sets.map((set) => set.join('\n'));
    this.#inOrder = keys
      .map((_, set) => set)
      .sort((a, b) => ((keys[a] as string) < (keys[b] as string) ? -1 : 1));
    const setsOf: number[][] = names.map(() => []);
    this.#labelsOf.forEach((labels, set) => labels.forEach((label) => setsOf[label]?.push(set)));
    this.setsOf = setsOf;
    const rows = new Uint32Array(sets.length);
    for (const set of ofRow) rows[set] = (rows[set] as number) + 1;
    this.#left = setsOf.map((of) => of.reduce((sum, set) => sum + (rows[set] as number), 0));
    this.#lacks = [test, val, train, ofRow.length - test - val - train];
    this.#lacksOf = this.#lacks.map((size) => this.#left.map((left) => (left * size) / ofRow.length));
    this.#hasOfSet = SPLITS.map(() => new Uint32Array(sets.length));
    this.#has = SPLITS.map(() => new Uint32Array(names.length));
  }

  /** The label with the fewest rows that are left; the first of those by name. */
  rarest(): number | undefined {
    let found: number | undefined;
    for (const [label, left] of this.#left.entries())
      if (left > 0 && (found === undefined || left < (this.#left[found] as number))) found = label;
    return found;
  }

  /** How many of so many rows each split gets: one after the other to the one that lacks the most. */
  sharesOf(rows: number, label: number | undefined): number[] {
    const inAll = this.#lacks.slice();
    const lacks = label === undefined ? inAll.slice() : this.#lacksOf.map((of) => of[label] as number);
    const shares = SPLITS.map(() => 0);
    for (let row = 0; row < rows; row++) {
      let most = 0;
      for (let at = 1; at < SPLITS.length; at++) {
        const gap = (lacks[at] as number) - (lacks[most] as number);
        if (gap > 0 || (gap === 0 && (inAll[at] as number) > (inAll[most] as number))) most = at;
      }
      for (const [counts, by] of [
        [shares, 1],
        [lacks, -1],
        [inAll, -1],
      ] as const)
        // prettier-ignore
        counts[most] = (counts[most] as number) + by;
    }
    return shares;
  }

  give(set: number, split: number): void {
    this.#count(set, split, 1);
  }

  take(set: number, split: number): void {
    this.#count(set, split, -1);
  }

  #count(set: number, split: number, by: 1 | -1): void {
    const add = (counts: number[] | Uint32Array | undefined, at: number, amount: number): void => {
      if (counts) counts[at] = (counts[at] as number) + amount;
    };
    add(this.#lacks, split, -by);
    add(this.#hasOfSet[split], set, by);
    for (const label of this.#labelsOf[set] as readonly number[]) {
      add(this.#left, label, -by);
      add(this.#lacksOf[split], label, -by);
      add(this.#has[split], label, by);
    }
  }

  /**
   * A row of which set goes from the split that has the most too many to the one that lacks the most, so that the labels'
   * shares come out nearest. Undefined where sizes are right, or no row can go: none takes a label's last one from training.
   */
  nextMove(): { readonly set: number; readonly from: number; readonly to: number } | undefined {
    const from = this.#lacks.indexOf(Math.min(...this.#lacks));
    const to = this.#lacks.indexOf(Math.max(...this.#lacks));
    if ((this.#lacks[to] as number) <= 0) return undefined;
    let best: { readonly set: number; readonly cost: number } | undefined;
    for (const set of this.#inOrder) {
      const labels = this.#labelsOf[set] as readonly number[];
      if (this.#hasOfSet[from]?.[set] === 0) continue;
      if (from === TRAIN && labels.some((label) => this.#has[TRAIN]?.[label] === 1)) continue;
      // Half of what the squared gaps grow by.
      const gap = (split: number, label: number): number => this.#lacksOf[split]?.[label] as number;
      const cost = labels.reduce((sum, label) => sum + gap(from, label) - gap(to, label) + 1, 0);
      if (best === undefined || cost < best.cost) best = { set, cost };
    }
    return best && { set: best.set, from, to };
  }
}

/** The rows of each set, in the order of the file. */
function rowsBySet(ofRow: Uint32Array, sets: number): Uint32Array[] {
  const sizes = new Uint32Array(sets);
  for (const set of ofRow) sizes[set] = (sizes[set] as number) + 1;
  const rowsOf = Array.from(sizes, (size) => new Uint32Array(size));
  sizes.fill(0);
  for (const [row, set] of ofRow.entries()) {
    const at = sizes[set] as number;
    (rowsOf[set] as Uint32Array)[at] = row;
    sizes[set] = at + 1;
  }
  return rowsOf;
}

function concat(parts: readonly Uint32Array[]): Uint32Array {
  const whole = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
