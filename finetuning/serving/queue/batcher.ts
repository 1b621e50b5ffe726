import { queueFull } from './queue-full.js';

export interface BatcherOptions<T> {
  /** Requests in one batch. */
  readonly maxBatch: number;
  /** Requests that may wait; one more is refused. */
  readonly maxQueue: number;
  /** Milliseconds that the first of a batch waits for others, when nothing is being computed. */
  readonly maxWaitMs: number;
  /** Computes a batch. It resolves when the next may begin, and tells each request of its own end. It does not reject. */
  run(batch: readonly T[]): Promise<void>;
  readonly onBatch?: (size: number) => void;
}

/**
 * Gathers requests that come while a batch is being computed, and computes them together next: under load batches fill by
 * themselves, and a lone request waits `maxWaitMs` at most.
 */
export class Batcher<T> {
  readonly #options: BatcherOptions<T>;
  readonly #waiting: T[] = [];
  #busy = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BatcherOptions<T>) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** @throws DiagnosticError `queue-full` */
  add(requests: readonly T[]): void {
    const { maxQueue } = this.#options;
    if (this.#waiting.length + requests.length > maxQueue) throw queueFull(this.#waiting.length, maxQueue);
    this.#waiting.push(...requests);
    this.#next();
  }

  /** Takes a request out that has not been begun. @returns whether it waited */
  remove(request: T): boolean {
    const at = this.#waiting.indexOf(request);
    if (at < 0) return false;
    this.#waiting.splice(at, 1);
    return true;
  }

  #next(): void {
    if (this.#busy || this.#waiting.length === 0) return;
    const { maxBatch, maxWaitMs } = this.#options;
    if (this.#waiting.length >= maxBatch || maxWaitMs === 0) return this.#begin();
    this.#timer ??= setTimeout(() => this.#begin(), maxWaitMs);
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#waiting.splice(0, this.#options.maxBatch);
    if (batch.length === 0) return;
    this.#busy = true;
    this.#options.onBatch?.(batch.length);
    void this.#options.run(batch).finally(() => {
      this.#busy = false;
      // Those that gathered meanwhile have waited long enough.
      if (this.#waiting.length > 0) this.#begin();
    });
  }
}
