import type { Program } from '../../../compute/index.js';
import { GoingRow, type Prompt } from '../../models/generation/going-row.js';
import { padInFront } from '../../models/generation/padded-prompts.js';
import { bucketFor } from '../../text/length-buckets.js';

export interface RunningBatchOptions {
  /** Runs one of the room's graphs: see `generationGraphs`. */
  readonly run: Program['run'];
  /** Numbers of rows that there are graphs for, beginning with one. */
  readonly ladder: readonly number[];
  readonly slots: number;
  readonly vocabulary: number;
  /** Tokens of a prompt and of what is generated, together. */
  readonly most: number;
  readonly endId: number | undefined;
  readonly padId: number;
}

interface Seat {
  readonly row: GoingRow;
  /** Where its next token lies. */
  slot: number;
}

/** Each prompt has settings of its own. */
const NOT_USED = { maxNewTokens: 0, temperature: 0, topK: 0, topP: 1, seed: 0 };
/** Steps in which fewer rows would have done, before the batch becomes smaller: whoever ends is often followed by another. */
const PATIENCE = 8;

/**
 * Texts that are gone on from together, and come and go between two tokens. Each has a row of the cache, with its own
 * slots. There is a graph for a few numbers of rows; the rows are moved when more or fewer are needed.
 */
export class RunningBatch {
  readonly #options: RunningBatchOptions;
  /** As long as the present graph has rows. */
  #seats: (Seat | undefined)[] = [undefined];
  /** What may be seen [rows, slots]. */
  #mask: Float32Array;
  #tooLarge = 0;

  constructor(options: RunningBatchOptions) {
    this.#options = options;
    this.#mask = new Float32Array(options.slots);
  }

  /** Texts that are going on. */
  get size(): number {
    return this.#seats.filter((seat) => seat !== undefined).length;
  }

  get isFull(): boolean {
    return this.size === this.#options.ladder.at(-1);
  }

  /**
   * Reads a prompt, chooses its first token, and takes it in if it goes on.
   *
   * @param width padded length, at least the prompt's
   * @param expected texts that are about to join, this one included
   */
  join(prompt: Prompt, width: number, expected: number): void {
    const { run, ladder, slots, padId } = this.#options;
    const most = ladder.at(-1) as number;
    const wanted = bucketFor(Math.min(this.size + expected, most), ladder);
    if (wanted > this.#seats.length) this.#resize(wanted);
    const { feeds, mask } = padInFront([prompt], { rows: 1, width, slots, padId });
    const row = new GoingRow(prompt, NOT_USED, { maxWidth: this.#options.most, endId: this.#options.endId });
    // It writes the cache of one row: where that is the batch's own, nobody is in it.
    row.add(run(`begin/${width}`, feeds)['logits'] as Float32Array);
    if (!row.isGoing) return;
    const at = this.#seats.indexOf(undefined);
    if (this.#seats.length > 1) run(`join/${this.#seats.length}`, { at: Int32Array.of(at) });
    this.#mask.set(mask, at * slots);
    this.#seats[at] = { row, slot: width };
  }

  /** One more token of each. */
  step(): void {
    const { run, slots, vocabulary, padId } = this.#options;
    const rows = this.#seats.length;
    const ids = new Int32Array(rows).fill(padId);
    const positions = new Int32Array(rows);
    const slot = new Int32Array(rows);
    this.#seats.forEach((seat, at) => {
      if (!seat) return;
      ids[at] = seat.row.last;
      positions[at] = seat.row.position;
      slot[at] = seat.slot;
      this.#mask[at * slots + seat.slot++] = 1;
    });
    const fed = { input_ids: ids, position_ids: positions, attention_mask: this.#mask, slot };
    const logits = run(`step/${rows}`, fed)['logits'] as Float32Array;
    this.#seats.forEach((seat, at) => {
      seat?.row.add(logits.subarray(at * vocabulary, (at + 1) * vocabulary));
      if (seat && !seat.row.isGoing) this.#seats[at] = undefined;
    });
    this.#shrink();
  }

  /** Lets go of all texts. */
  clear(): void {
    this.#seats = [undefined];
    this.#mask = new Float32Array(this.#options.slots);
  }

  #shrink(): void {
    const enough = bucketFor(Math.max(1, this.size), this.#options.ladder);
    if (enough === this.#seats.length) this.#tooLarge = 0;
    else if (this.size === 0 || ++this.#tooLarge >= PATIENCE) this.#resize(enough);
  }

  #resize(rows: number): void {
    const { run, slots } = this.#options;
    const from = new Int32Array(rows);
    const seats = new Array<Seat | undefined>(rows).fill(undefined);
    const mask = new Float32Array(rows * slots);
    let count = 0;
    this.#seats.forEach((seat, at) => {
      if (!seat) return;
      seats[count] = seat;
      from[count] = at;
      mask.set(this.#mask.subarray(at * slots, (at + 1) * slots), count++ * slots);
    });
    if (count > 0) run(`move/${this.#seats.length}/${rows}`, { from });
    this.#seats = seats;
    this.#mask = mask;
    this.#tooLarge = 0;
  }
}
