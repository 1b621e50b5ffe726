import { DiagnosticError } from '../../diagnostics/index.js';

/** Leases whole GPUs to stages. A lease ends on every way out of {@link hold}. */
export class GpuPool {
  readonly #free: number[];
  readonly #waiting: { readonly count: number; readonly grant: (devices: readonly number[]) => void }[] = [];

  /** @param devices indices of the CUDA devices of this host */
  constructor(readonly devices: readonly number[]) {
    this.#free = [...devices].sort((a, b) => a - b);
  }

  /**
   * Waits until `count` devices are free and lends them to `run`. First come, first served: a stage that wants many is not
   * starved by those that want one.
   *
   * @throws DiagnosticError `too-few-gpus` when this host has not that many
   */
  async hold<T>(
    count: number,
    signal: AbortSignal,
    run: (devices: readonly number[]) => Promise<T>,
  ): Promise<T> {
    if (count > this.devices.length) {
      throw new DiagnosticError('too-few-gpus', {
        message: `the stage wants ${count} GPUs, and this host has ${this.devices.length}`,
        fix: 'lower meta.reprise.gpus, or give the stage a label that only larger hosts serve',
      });
    }
    if (count === 0) return await run([]);
    const leased = await this.#lease(count, signal);
    try {
      return await run(leased);
    } finally {
      this.#free.push(...leased);
      this.#free.sort((a, b) => a - b);
      this.#serve();
    }
  }

  #lease(count: number, signal: AbortSignal): Promise<readonly number[]> {
    return new Promise((resolve, reject) => {
      const place = { count, grant: resolve };
      this.#waiting.push(place);
      signal.addEventListener(
        'abort',
        () => {
          const at = this.#waiting.indexOf(place);
          if (at < 0) return;
          this.#waiting.splice(at, 1);
          reject(signal.reason as Error);
          this.#serve();
        },
        { once: true },
      );
      this.#serve();
    });
  }

  #serve(): void {
    for (;;) {
      const first = this.#waiting[0];
      if (!first || this.#free.length < first.count) return;
      this.#waiting.shift();
      first.grant(this.#free.splice(0, first.count));
    }
  }
}
