import { performance } from 'node:perf_hooks';

/** Milliseconds that a row took; `null` where too little was measured. Told, never written: no two runs have the same. */
export interface Latency {
  readonly p50: number | null;
  readonly p99: number | null;
}

/** Takes the time of each batch. The first is left out: in it a graph was compiled. */
export class Stopwatch {
  readonly #perRow: { readonly milliseconds: number; readonly rows: number }[] = [];
  readonly #started = performance.now();
  #done = 0;
  #since: number | undefined;

  /** @param done rows so far */
  lap(done: number): void {
    const now = performance.now();
    const rows = done - this.#done;
    if (this.#since !== undefined && rows > 0)
      this.#perRow.push({ milliseconds: (now - this.#since) / rows, rows });
    this.#since = now;
    this.#done = done;
  }

  /** From the beginning on, what is done once for all rows included. */
  itemsPerSecond(): number {
    return (1000 * this.#done) / (performance.now() - this.#started);
  }

  latency(): Latency {
    const sorted = this.#perRow.toSorted((a, b) => a.milliseconds - b.milliseconds);
    const rows = sorted.reduce((sum, batch) => sum + batch.rows, 0);
    const quantile = (share: number): number | null => {
      let below = 0;
      for (const batch of sorted) {
        below += batch.rows;
        if (below >= share * rows) return batch.milliseconds;
      }
      return null;
    };
    return { p50: quantile(0.5), p99: quantile(0.99) };
  }
}
