import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeBeside } from '../../dvc/index.js';
import { listCheckpoints, type Checkpoint } from './local-checkpoints.js';
import { furthestFirst, type Position } from './position.js';

/** Beside the checkpoints, under a name that is none's. */
const NOTES = '.positions.json';

/** By name. `time`: of the folder, so that another checkpoint under the same name is another one. A newer build may note more. */
const notesSchema = z.record(
  z.string(),
  z.object({ time: z.number(), step: z.number(), sequence: z.number(), modified: z.number() }),
);

interface Note extends Position {
  readonly time: number;
}

export interface PlacedCheckpoint extends Position {
  readonly name: string;
  readonly path: string;
}

/**
 * Which of a run key's checkpoints on this host is the furthest. The clocks of two hosts differ, and one's may jump: a checkpoint is
 * compared by the step that the training had reported when it was seen, and then by how many came before it.
 */
export class CheckpointOrder {
  /** What is written from now on comes after what was known. */
  #step = 0;
  #sequence = 0;

  private constructor(
    readonly folder: string,
    readonly notes: Map<string, Note>,
  ) {}

  /** Those that a worker had no time to note before it was killed count as its last, the newer before the older. */
  static async open(folder: string): Promise<CheckpointOrder> {
    const order = new CheckpointOrder(folder, await readNotes(folder));
    for (const note of order.notes.values()) order.follow(note);
    for (const { name, time } of await order.#unknown())
      order.notes.set(name, {
        time,
        step: order.#step,
        sequence: order.#sequence,
        modified: Math.round(time),
      });
    return order;
  }

  /** Lets what is written from now on come after this one, wherever it lies and whether it can be used or not. */
  follow({ step, sequence }: Position): void {
    this.#step = Math.max(this.#step, step);
    this.#sequence = Math.max(this.#sequence, sequence);
  }

  /**
   * Notes what the command has finished since the last look.
   *
   * @param step that it has reported
   * @returns the furthest of all that are here
   */
  async look(step = 0): Promise<PlacedCheckpoint | undefined> {
    const unknown = await this.#unknown();
    this.#step = Math.max(this.#step, step);
    for (const { name, time } of unknown)
      this.notes.set(name, {
        time,
        step: this.#step,
        sequence: ++this.#sequence,
        modified: Math.round(time),
      });
    if (unknown.length > 0) await this.#write();
    const [furthest] = [...this.notes].sort(([, a], [, b]) => furthestFirst(a, b));
    if (!furthest) return undefined;
    const [name, { step: reached, sequence, modified }] = furthest;
    return { name, path: join(this.folder, name), step: reached, sequence, modified };
  }

  /** Notes one that was brought here from elsewhere. */
  async brought(name: string, { step, sequence, modified }: Position): Promise<void> {
    const { mtimeMs } = await stat(join(this.folder, name));
    this.notes.set(name, { time: mtimeMs, step, sequence, modified });
    await this.#write();
  }

  /** Those that have no note, oldest first. Notes of what is gone go, too. */
  async #unknown(): Promise<readonly Checkpoint[]> {
    const here = await listCheckpoints(this.folder);
    const names = new Set(here.map(({ name }) => name));
    for (const name of this.notes.keys()) if (!names.has(name)) this.notes.delete(name);
    return here.filter(({ name, time }) => this.notes.get(name)?.time !== time).reverse();
  }

  /** Where it cannot be written, the next worker goes by the clock of this host: no reason to end a training. */
  async #write(): Promise<void> {
    const text = JSON.stringify(Object.fromEntries(this.notes));
    await writeBeside(join(this.folder, NOTES), text, { isCache: true }).catch(() => undefined);
  }
}

async function readNotes(folder: string): Promise<Map<string, Note>> {
  try {
    return new Map(
      Object.entries(notesSchema.parse(JSON.parse(await readFile(join(folder, NOTES), 'utf8')))),
    );
  } catch {
    return new Map();
  }
}
