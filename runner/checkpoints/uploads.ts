import type { CheckpointContents } from './contents.js';
import type { CheckpointStore } from './checkpoint-store.js';

interface Offered {
  readonly path: string;
  readonly contents: CheckpointContents;
}

/**
 * Carries checkpoints to the store while the command goes on: one at a time, and of those that wait only the newest. What fails
 * is tried again with the next; the command never waits for it.
 */
export class CheckpointUploads {
  #waiting: Offered | undefined;
  #running: Promise<void> | undefined;
  readonly #stop = new AbortController();

  constructor(readonly store: CheckpointStore) {}

  offer(path: string, contents: CheckpointContents): void {
    this.#waiting = { path, contents };
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
  }

  /** Before the stage is left to another host: returns once the newest checkpoint has crossed, or cannot. */
  async drain(): Promise<void> {
    await this.#running;
    if (!this.#waiting) return;
    this.#running = this.#run();
    await this.#running;
  }

  /** When nobody needs them any more. */
  async abandon(): Promise<void> {
    this.#waiting = undefined;
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (;;) {
      const next = this.#waiting;
      if (!next || this.#stop.signal.aborted) return;
      this.#waiting = undefined;
      try {
        await this.store.push(next.path, next.contents, this.#stop.signal);
      } catch {
        // A newer one may have come while this one crossed (and the command dropped it); else it waits for the next chance.
        this.#waiting ??= next;
        return;
      }
    }
  }
}
