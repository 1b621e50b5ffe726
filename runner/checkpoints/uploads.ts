import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckpointContents } from './contents.js';
import type { CheckpointStore } from './checkpoint-store.js';

interface Offered {
  readonly path: string;
  readonly contents: CheckpointContents;
}

/** Between two tries of what cannot cross: the next checkpoint may be an hour away. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 120_000;
/** At the end, nobody waits for an upload of which no piece has crossed for so long. */
const STALLED_MS = 180_000;

/**
 * Carries checkpoints to the store while the command goes on: one at a time, and of those that wait only the newest. What fails is
 * tried again; the command never waits for it.
 */
export class CheckpointUploads {
  #waiting: Offered | undefined;
  #running: Promise<void> | undefined;
  #isEnding = false;
  #crossed = performance.now();
  readonly #stop = new AbortController();
  /** Ends a pause. */
  #wake = new AbortController();

  /** @param isOurs whether the stage is still this attempt's: what belongs to a later one is left alone */
  constructor(
    readonly store: CheckpointStore,
    readonly isOurs: () => Promise<boolean>,
  ) {}

  offer(path: string, contents: CheckpointContents): void {
    this.#waiting = { path, contents };
    this.#wake.abort();
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
  }

  /** Before the stage is left to another host: returns once the newest checkpoint has crossed, or cannot. */
  async drain(): Promise<void> {
    this.#isEnding = true;
    this.#wake.abort();
    this.#crossed = performance.now();
    const watch = setInterval(() => {
      if (performance.now() - this.#crossed > STALLED_MS) this.#stop.abort();
    }, 1_000);
    try {
      await this.#running;
      // What was under way may have failed by what is over now.
      if (this.#waiting) await this.#run();
    } finally {
      clearInterval(watch);
    }
  }

  /** When nobody needs them any more. */
  async abandon(): Promise<void> {
    this.#waiting = undefined;
    this.#stop.abort();
    this.#wake.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const onBytes = (): void => void (this.#crossed = performance.now());
    let pause = FIRST_PAUSE_MS;
    for (;;) {
      const next = this.#waiting;
      if (!next || signal.aborted) return;
      this.#waiting = undefined;
      this.#wake = new AbortController();
      try {
        if (!(await this.isOurs())) return this.#stop.abort();
        await this.store.push(next.path, next.contents, { signal, onBytes });
        pause = FIRST_PAUSE_MS;
      } catch {
        // The command may have dropped it while it crossed: a newer one has come then, or soon will.
        if (existsSync(next.path)) this.#waiting ??= next;
        if (this.#isEnding || signal.aborted) return;
        // Ended early by a newer one, and at the end.
        await sleep(pause, undefined, { signal: this.#wake.signal }).catch(() => undefined);
        pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
      }
    }
  }
}

/**
 * Runs a stage while its checkpoints cross to the store, if it has one. When the stage fails, or goes elsewhere, the newest one
 * crosses before this returns; when it is done, nobody needs them.
 *
 * @param isOurs as of {@link CheckpointUploads}
 */
export async function withUploads<T>(
  store: CheckpointStore | undefined,
  isOurs: () => Promise<boolean>,
  run: (uploads: CheckpointUploads | undefined) => Promise<T>,
): Promise<T> {
  if (!store) return await run(undefined);
  const uploads = new CheckpointUploads(store, isOurs);
  try {
    return await run(uploads);
  } catch (error) {
    await uploads.drain();
    throw error;
  } finally {
    await uploads.abandon();
  }
}
