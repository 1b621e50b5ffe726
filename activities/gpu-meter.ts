import type { StageUsage } from '../workflows/index.js';

/**
 * Counts the GPU seconds of a stage over all of its attempts: those that its commands held GPUs for, and those of them whose work
 * is lost, since an attempt ended before the next checkpoint was finished. The host's clock may be set meanwhile: another counts.
 */
export class GpuMeter {
  readonly #before: StageUsage;
  #gpus = 0;
  #began = 0;
  #saved = 0;
  #done = { gpuSeconds: 0, gpuSecondsLost: 0 };

  /** @param before what earlier attempts came to; what they had not saved when they were last heard of is lost */
  constructor(before: StageUsage | undefined) {
    this.#before = before ?? { gpuSeconds: 0, gpuSecondsLost: 0, gpuSecondsUnsaved: 0 };
  }

  begin(gpus: number): void {
    this.#gpus = gpus;
    this.#began = this.#saved = performance.now();
  }

  /** A checkpoint was finished: what came before it is safe. */
  saved(): void {
    if (this.#gpus > 0) this.#saved = performance.now();
  }

  /** @param isDone the command made its outs: nothing of this attempt is lost */
  end(isDone: boolean): void {
    const { gpuSeconds, gpuSecondsUnsaved } = this.#now();
    this.#done = { gpuSeconds, gpuSecondsLost: isDone ? 0 : gpuSecondsUnsaved };
    this.#gpus = 0;
  }

  get usage(): StageUsage {
    const { gpuSeconds, gpuSecondsLost, gpuSecondsUnsaved } = this.#before;
    const now = this.#now();
    return {
      gpuSeconds: gpuSeconds + this.#done.gpuSeconds + now.gpuSeconds,
      gpuSecondsLost: gpuSecondsLost + gpuSecondsUnsaved + this.#done.gpuSecondsLost,
      gpuSecondsUnsaved: now.gpuSecondsUnsaved,
    };
  }

  #now(): { gpuSeconds: number; gpuSecondsUnsaved: number } {
    const now = performance.now();
    return {
      gpuSeconds: (this.#gpus * (now - this.#began)) / 1000,
      gpuSecondsUnsaved: (this.#gpus * (now - this.#saved)) / 1000,
    };
  }
}
