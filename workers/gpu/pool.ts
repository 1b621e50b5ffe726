import { DiagnosticError } from '../../diagnostics/index.js';

/** A stage that waits. */
interface Place {
  readonly count: number;
  grant(devices: readonly number[]): void;
  refuse(error: unknown): void;
}

/** Leases GPUs to stages. A lease ends on every way out of {@link hold}. */
export class GpuPool {
  /** Device → how many more stages it may be lent to. */
  readonly #free: Map<number, number>;
  readonly #waiting: Place[] = [];
  #lost: ReadonlySet<number> = new Set();
  #surplus = 0;

  /**
   * @param devices indices of the CUDA devices of this host
   * @param shares how many stages one device is lent to at once
   */
  constructor(
    readonly devices: readonly number[],
    readonly shares = 1,
  ) {
    this.#free = new Map([...devices].sort((a, b) => a - b).map((device) => [device, shares]));
  }

  /** GPUs that stages hold or wait for beyond the first of each: slots that are taken though no stage stands in them. */
  get surplus(): number {
    return this.#surplus;
  }

  /** Devices that are lent to some stage. */
  get leased(): readonly number[] {
    return [...this.#free].filter(([, free]) => free < this.shares).map(([device]) => device);
  }

  /** Devices that are not known to have failed. */
  get working(): readonly number[] {
    return this.devices.filter((device) => !this.#lost.has(device));
  }

  /** @param working what a look at the devices has found: others are lent to nobody until they are back */
  setWorking(working: readonly number[]): void {
    this.#lost = new Set(this.devices.filter((device) => !working.includes(device)));
    for (const place of this.#waiting.filter(({ count }) => count > this.working.length))
      place.refuse(this.#tooFewLeft(place.count));
    this.#serve();
  }

  /**
   * Waits until `count` devices are free and lends them to `run`. First come, first served: a stage that wants many is not
   * starved by those that want one.
   *
   * @throws DiagnosticError `too-few-gpus` when this host has not that many; `gpu-lost`, which is transient, when it has no longer
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
    if (count > this.working.length) throw this.#tooFewLeft(count);
    this.#surplus += count - 1;
    try {
      const leased = await this.#lease(count, signal);
      try {
        return await run(leased);
      } finally {
        for (const device of leased) this.#give(device, 1);
        this.#serve();
      }
    } finally {
      this.#surplus -= count - 1;
    }
  }

  #lease(count: number, signal: AbortSignal): Promise<readonly number[]> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const refuse = (error: unknown) => {
        signal.removeEventListener('abort', leave);
        this.#waiting.splice(this.#waiting.indexOf(place), 1);
        reject(error as Error);
      };
      const leave = () => {
        refuse(signal.reason);
        this.#serve();
      };
      const grant = (devices: readonly number[]) => {
        signal.removeEventListener('abort', leave);
        resolve(devices);
      };
      const place: Place = { count, grant, refuse };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(place);
      this.#serve();
    });
  }

  #serve(): void {
    for (;;) {
      const first = this.#waiting[0];
      // The emptiest devices first; of equals, the lowest.
      const free = [...this.#free]
        .filter(([device, shares]) => shares > 0 && !this.#lost.has(device))
        .sort(([, a], [, b]) => b - a);
      if (!first || free.length < first.count) return;
      this.#waiting.shift();
      const devices = free.slice(0, first.count).map(([device]) => device);
      for (const device of devices) this.#give(device, -1);
      first.grant(devices.sort((a, b) => a - b));
    }
  }

  #tooFewLeft(count: number): DiagnosticError {
    return new DiagnosticError('gpu-lost', {
      message: `the stage wants ${count} GPUs, and of this host's ${this.devices.length} only ${this.working.length} work now`,
      fix: 'see `reprise workers` for what failed; the stage goes on where there are enough',
      transient: true,
    });
  }

  #give(device: number, shares: number): void {
    this.#free.set(device, (this.#free.get(device) ?? 0) + shares);
  }
}
