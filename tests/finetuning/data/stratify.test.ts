import { readFileSync } from 'node:fs';
import { drawingOrder } from '../../../finetuning/data/preparation/split.js';
import { stratify, type SplitTotals } from '../../../finetuning/data/preparation/stratify.js';

/** Rows with labels of very different frequency, and how far scikit-multilearn's splits are off: see make_multi_label.py. */
const reference = JSON.parse(readFileSync(new URL('fixtures/multi_label.json', import.meta.url), 'utf8')) as {
  readonly rows: readonly (readonly string[])[];
  readonly shares: { readonly test: number; readonly val: number };
  /** Mean over labels and splits of |share of the split's rows that have the label − share of all rows|. */
  readonly distance: { readonly iterative: number; readonly random: number };
};

const CODES = { train: 1, val: 2, test: 3 } as const;
type Rows = readonly (readonly string[])[];

function labelSets(rows: Rows) {
  const keys = rows.map((labels) => JSON.stringify(labels.toSorted()));
  const known = [...new Set(keys)];
  return {
    sets: known.map((key) => JSON.parse(key) as string[]),
    ofRow: Uint32Array.from(keys, (key) => known.indexOf(key)),
  };
}

const orderOf = (rows: Rows): Float64Array =>
  Float64Array.from(rows, (_, row) => drawingOrder(7, `row-${row}`));

function drawn(rows: Rows, { test, val }: { test: number; val: number }, most?: number): Uint8Array {
  const totals: SplitTotals = {
    test: Math.round(rows.length * test),
    val: Math.round(rows.length * val),
    train: most ?? rows.length - Math.round(rows.length * test) - Math.round(rows.length * val),
  };
  const codes = stratify(labelSets(rows), orderOf(rows), totals);
  const sizes = Object.entries(CODES).map(([name, code]) => [
    name,
    codes.reduce((sum, found) => sum + Number(found === code), 0),
  ]);
  expect(Object.fromEntries(sizes)).toEqual(totals);
  return codes;
}

/** Of each label: rows in all, and in a split. */
function counted(rows: Rows, codes: Uint8Array, code: number): Map<string, [all: number, here: number]> {
  const counts = new Map<string, [number, number]>();
  rows.forEach((labels, row) => {
    for (const label of labels) {
      const [all, here] = counts.get(label) ?? [0, 0];
      counts.set(label, [all + 1, here + Number(codes[row] === code)]);
    }
  });
  return counts;
}

function distance(rows: Rows, codes: Uint8Array): number {
  const gaps = Object.values(CODES).flatMap((code) => {
    const size = codes.reduce((sum, found) => sum + Number(found === code), 0);
    return [...counted(rows, codes, code).values()].map(([all, here]) =>
      Math.abs(here / size - all / rows.length),
    );
  });
  return gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
}

describe('splits of rows with any number of labels', () => {
  const { rows, shares } = reference;

  it("have each label's share, as near as scikit-multilearn's", () => {
    const found = distance(rows, drawn(rows, shares));
    expect(found).toBeLessThanOrEqual(reference.distance.iterative * 1.1);
    expect(found).toBeLessThan(reference.distance.random / 5);
  });

  it('are within a row or two of a label’s share, where training is cut short, too', () => {
    const codes = drawn(rows, shares, 500);
    for (const [name, share] of [
      ['test', shares.test],
      ['val', shares.val],
      ['train', 500 / rows.length],
    ] as const)
      // prettier-ignore
      for (const [label, [all, here]] of counted(rows, codes, CODES[name]))
        expect([name, label, Math.abs(here - all * share) < 3]).toEqual([name, label, true]);
  });

  it('do not depend on where a row stands', () => {
    const codes = drawn(rows, shares);
    const backwards = rows.toReversed();
    const order = orderOf(rows).toReversed();
    const again = stratify(labelSets(backwards), order, {
      test: Math.round(rows.length * shares.test),
      val: Math.round(rows.length * shares.val),
      train: codes.reduce((sum, code) => sum + Number(code === CODES.train), 0),
    });
    expect(again.toReversed()).toEqual(codes);
  });

  it('change for few rows when others are added', () => {
    const before = drawn(rows.slice(0, 1900), shares);
    const after = drawn(rows, shares);
    const moved = before.reduce((sum, code, row) => sum + Number(code !== after[row]), 0);
    expect(moved / before.length).toBeLessThan(0.05);
  });

  it('leave each label something to learn from', () => {
    const few = [['a'], ['a', 'b'], ['b', 'c'], ['c', 'd'], ['d'], ['e'], [], [], ['a', 'e'], ['b', 'd']];
    const codes = drawn(few, { test: 0.3, val: 0.3 });
    for (const [label, [, here]] of counted(few, codes, CODES.train))
      expect([label, here > 0]).toEqual([label, true]);
  });
});

it('one label each is split as labels that exclude each other are', () => {
  const rows = Array.from({ length: 100 }, (_, row) => [row % 4 === 0 ? 'rare' : 'common']);
  const codes = drawn(rows, { test: 0.2, val: 0.12 });
  const of = (code: number) => [...counted(rows, codes, code).values()].map(([, here]) => here);
  expect([of(CODES.test), of(CODES.val), of(CODES.train)]).toEqual([[5, 15], [3, 9], [17, 51]]); // prettier-ignore
});
