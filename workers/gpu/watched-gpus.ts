import type { GpuLeases } from '../../activities/index.js';
import type { GpuPool } from './pool.js';
import { probeGpus, type GpuProblem } from './probe.js';

const LOOK_MS = 60_000;

/** The GPUs of a host, which may fail while it serves: those that do are lent to nobody until they are back. */
export class WatchedGpus implements GpuLeases {
  readonly #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  /** @param problems what was found when they were looked at first */
  constructor(
    readonly pool: GpuPool,
    public problems: readonly GpuProblem[] = [],
  ) {
    // What a host without a GPU is given later is for its next worker: labels are those of its start.
    if (pool.devices.length > 0) this.#timer = setInterval(() => void this.#look(), LOOK_MS).unref();
  }

  hold<T>(count: number, signal: AbortSignal, run: (devices: readonly number[]) => Promise<T>): Promise<T> {
    return this.pool.hold(count, signal, run);
  }

  /** Looks at them now. */
  async areWorking(devices: readonly number[]): Promise<boolean> {
    await this.#look();
    return devices.every((device) => this.pool.working.includes(device));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Those who want to know at the same time share one look. */
  #look(): Promise<void> {
    this.#looking ??= probeGpus()
      .then(({ devices, problems }) => {
        this.problems = problems;
        this.pool.setWorking(devices.map(({ index }) => index));
      })
      .finally(() => (this.#looking = undefined));
    return this.#looking;
  }
}
