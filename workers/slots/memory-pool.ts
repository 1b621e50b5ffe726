import type { MemoryLeases } from '../../activities/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';

/** A stage that waits. */
interface Place {
  readonly bytes: number;
  grant(): void;
}

/**
 * Keeps stages that say how much memory they need from running beside one another where there is not so much. First come, first
 * served: one that needs much is not starved by those that need little.
 */
export class MemoryPool implements MemoryLeases {
  readonly #waiting: Place[] = [];
  #free: number;

  /** @param total bytes that stages of this host may need together */
  constructor(readonly total: number) {
    this.#free = total;
  }

  async hold<T>(bytes: number, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
    if (bytes === 0) return await run();
    if (bytes > this.total) {
      throw new DiagnosticError('too-little-memory', {
        message: `the stage needs ${gigabytes(bytes)} of memory, and this host has ${gigabytes(this.total)}`,
        fix: 'lower meta.reprise.memory, or give the stage a label that only larger hosts serve',
      });
    }
    await this.#lease(bytes, signal);
    try {
      return await run();
    } finally {
      this.#free += bytes;
      this.#serve();
    }
  }

  #lease(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(place), 1);
        reject(signal.reason as Error);
        this.#serve();
      };
      const place: Place = {
        bytes,
        grant() {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(place);
      this.#serve();
    });
  }

  #serve(): void {
    for (let first = this.#waiting[0]; first && first.bytes <= this.#free; first = this.#waiting[0]) {
      this.#waiting.shift();
      this.#free -= first.bytes;
      first.grant();
    }
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
