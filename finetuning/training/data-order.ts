import { permutation } from '../random/draws.js';

/** How many batches are sorted by length together, as in the Trainer's group_by_length. */
const BATCHES_PER_GROUP = 50;

export interface OrderSettings {
  readonly rows: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly groupByLength: boolean;
  /** Tokens of a row. */
  readonly length: (row: number) => number;
}

/**
 * One epoch's batches: a function of seed and epoch alone, so that a resumed run sees what it would have seen.
 *
 * Grouped by length, the rows are shuffled, then sorted inside groups of some dozens of batches, and the batches of a
 * group are shuffled: rows of like length meet, and the lengths come in no order.
 */
export function epochBatches(settings: OrderSettings, epoch: number): Int32Array[] {
  const { rows, batchSize, seed, groupByLength, length } = settings;
  const order = permutation(rows, seed, `rows/${epoch}`);
  const group = groupByLength ? batchSize * BATCHES_PER_GROUP : rows;
  const batches: Int32Array[] = [];
  for (let start = 0; start < rows; start += group) {
    const members = order.subarray(start, Math.min(start + group, rows));
    // Stable: rows of equal length stay in their random order.
    const sorted = groupByLength
      ? Int32Array.from([...members].sort((a, b) => length(b) - length(a)))
      : members;
    const made: Int32Array[] = [];
    for (let at = 0; at < sorted.length; at += batchSize) made.push(sorted.slice(at, at + batchSize));
    const shuffled = groupByLength
      ? permutation(made.length, seed, `batches/${epoch}/${start}`)
      : made.keys();
    for (const index of shuffled) batches.push(made[index] as Int32Array);
  }
  return batches;
}

/** The whole training: which batches each update takes. Epochs are made when they are reached. */
export class DataOrder {
  readonly stepsPerEpoch: number;
  readonly #batchesPerEpoch: number;
  readonly #settings: OrderSettings;
  readonly #accumulation: number;
  #epoch = -1;
  #batches: Int32Array[] = [];

  constructor(settings: OrderSettings, accumulation: number) {
    this.#settings = settings;
    this.#accumulation = accumulation;
    this.#batchesPerEpoch = Math.ceil(settings.rows / settings.batchSize);
    this.stepsPerEpoch = Math.ceil(this.#batchesPerEpoch / accumulation);
  }

  /** How many batches the first `steps` updates take together. */
  batchesIn(steps: number): number {
    const [epochs, rest] = [Math.floor(steps / this.stepsPerEpoch), steps % this.stepsPerEpoch];
    return epochs * this.#batchesPerEpoch + rest * this.#accumulation;
  }

  /** The batches of update `step`, from 0. The last update of an epoch may have fewer. */
  batchesOf(step: number): readonly Int32Array[] {
    const epoch = Math.floor(step / this.stepsPerEpoch);
    if (epoch !== this.#epoch) {
      this.#batches = epochBatches(this.#settings, epoch);
      this.#epoch = epoch;
    }
    const first = (step % this.stepsPerEpoch) * this.#accumulation;
    return this.#batches.slice(first, first + this.#accumulation);
  }
}
