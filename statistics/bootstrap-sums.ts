import { setImmediate } from 'node:timers/promises';
import { ROWS_AT_ONCE, type BootstrapOptions } from './bootstrap.js';
import { Random } from './random.js';

/** What figures are made of by adding over rows: so many numbers of each. [rows, width] */
export interface RowSums {
  readonly width: number;
  readonly values: Float64Array;
}

/**
 * Paired bootstrap of figures that follow from sums over rows, as means and corpus scores do: rows are drawn with
 * replacement, and what both models have of them is added up. The draws are those of `bootstrap` with the same seed.
 *
 * @param figures of the sums, [width]; always with the same names
 * @returns for each figure by name the second model's less the first's, [replicates]
 */
export async function bootstrapSums(
  before: RowSums,
  after: RowSums,
  figures: (sums: Float64Array) => Readonly<Record<string, number>>,
  { replicates, seed }: BootstrapOptions,
): Promise<Map<string, Float64Array>> {
  if (before.width !== after.width || before.values.length !== after.values.length)
    throw new RangeError('the two models were not asked about the same rows');
  const rows = before.values.length / before.width;
  const random = new Random(seed);
  const times = new Uint32Array(rows);
  const found = new Map<string, Float64Array>();
  let worked = 0;
  for (let draw = 0; draw < replicates; draw++) {
    times.fill(0);
    for (let i = 0; i < rows; i++) {
      const row = random.below(rows);
      times[row] = (times[row] as number) + 1;
    }
    const [first, second] = [figures(sumOf(before, times)), figures(sumOf(after, times))];
    for (const [name, value] of Object.entries(second)) {
      const differences = found.get(name) ?? new Float64Array(replicates);
      differences[draw] = value - (first[name] as number);
      found.set(name, differences);
    }
    worked += rows;
    if (worked > ROWS_AT_ONCE) {
      worked = 0;
      await setImmediate();
    }
  }
  return found;
}

/** @param times how often each row counts, [rows] */
export function sumOf({ width, values }: RowSums, times?: Uint32Array): Float64Array {
  const sums = new Float64Array(width);
  for (let row = 0, at = 0; at < values.length; row++) {
    const count = times ? (times[row] as number) : 1;
    if (count === 0) at += width;
    else
      for (let column = 0; column < width; column++)
        sums[column] = (sums[column] as number) + count * (values[at++] as number);
  }
  return sums;
}
