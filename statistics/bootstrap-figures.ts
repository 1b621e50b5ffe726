import { setImmediate } from 'node:timers/promises';
import { ROWS_AT_ONCE, type BootstrapOptions } from './bootstrap.js';
import { Random } from './random.js';

/**
 * One model's figures on a draw of rows; always with the same names.
 *
 * @param times how often each row counts, [rows]; absent: once
 */
export type FiguresOf = (times?: Uint32Array) => Readonly<Record<string, number>>;

/**
 * Paired bootstrap: rows are drawn with replacement, and both models are judged on the same draw. The draws are those of
 * `bootstrap` with the same seed.
 *
 * @returns for each figure by name the second model's less the first's, [replicates]
 */
export async function bootstrapFigures(
  rows: number,
  before: FiguresOf,
  after: FiguresOf,
  { replicates, seed }: BootstrapOptions,
): Promise<Map<string, Float64Array>> {
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
    const [first, second] = [before(times), after(times)];
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
