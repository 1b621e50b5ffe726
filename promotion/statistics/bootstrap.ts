import { setImmediate } from 'node:timers/promises';
import { figuresOf, type Kinds } from './figures.js';
import { Random } from './random.js';

/** Candidate minus production, in each resample. */
export interface Differences {
  readonly accuracy: Float64Array;
  readonly macroF1: Float64Array;
  /** By label number; a resample without rows of the label is NaN. */
  readonly recall: readonly Float64Array[];
}

export interface BootstrapOptions {
  readonly replicates: number;
  readonly seed: number;
}

/**
 * Paired bootstrap: rows are drawn with replacement, and both models are judged on the same draw, so that what makes a test set
 * easy or hard falls out of the difference. Lets go of the event loop between draws: whoever runs it has heartbeats to send.
 */
export async function bootstrap(kinds: Kinds, options: BootstrapOptions): Promise<Differences> {
  const { replicates, seed } = options;
  const { labels, ofRow } = kinds;
  const rows = ofRow.length;
  const random = new Random(seed);
  const counts = new Uint32Array(kinds.actual.length);
  const accuracy = new Float64Array(replicates);
  const macroF1 = new Float64Array(replicates);
  const recall = Array.from({ length: labels }, () => new Float64Array(replicates));
  let worked = 0;
  for (let draw = 0; draw < replicates; draw++) {
    counts.fill(0);
    for (let i = 0; i < rows; i++) {
      const kind = ofRow[random.below(rows)] as number;
      counts[kind] = (counts[kind] as number) + 1;
    }
    const before = figuresOf(kinds, 'production', counts);
    const after = figuresOf(kinds, 'candidate', counts);
    accuracy[draw] = after.accuracy - before.accuracy;
    macroF1[draw] = after.macroF1 - before.macroF1;
    for (const [label, differences] of recall.entries())
      differences[draw] = (after.recall[label] as number) - (before.recall[label] as number);
    worked += rows;
    if (worked > ROWS_AT_ONCE) {
      worked = 0;
      await setImmediate();
    }
  }
  return { accuracy, macroF1, recall };
}

/** A few milliseconds of work. */
const ROWS_AT_ONCE = 500_000;

/**
 * Percentile interval that holds `confidence` of the values, interpolated between them as numpy's `quantile` does.
 *
 * @returns undefined when no value is a number
 */
export function interval(
  values: Float64Array,
  confidence: number,
): { low: number; high: number } | undefined {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0) return undefined;
  const outside = (1 - confidence) / 2;
  return { low: quantile(sorted, outside), high: quantile(sorted, 1 - outside) };
}

function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  return below + (above - below) * (place - Math.floor(place));
}
