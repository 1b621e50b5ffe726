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

/** Rows that are drawn between two turns of the event loop: a few milliseconds of work. */
export const ROWS_AT_ONCE = 500_000;

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
