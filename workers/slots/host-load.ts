import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';
import { readCgroup, type CgroupUse } from './cgroup.js';

/** As Temporal's resource-based tuner has them: above these shares, no further stage is taken. */
const CPU = 0.9;
const MEMORY = 0.8;
/** Over less time than this, a share of CPU says little. */
const SAMPLE_MS = 1_000;

interface Sample {
  readonly at: number;
  /** Seconds of CPU. */
  readonly used: number;
}

/** How busy this host, or this container, is. */
export class HostLoad {
  #last: Sample;
  #cpu = 0;

  constructor(readonly cgroup: () => CgroupUse = readCgroup) {
    this.#last = this.#sample(cgroup());
  }

  /** Cores that stages may use. */
  get cores(): number {
    return Math.max(1, Math.min(availableParallelism(), Math.ceil(this.cgroup().cpuLimit ?? Infinity)));
  }

  /** Bytes of memory that this host, or this container, has. */
  get memory(): number {
    return Math.min(totalmem(), this.cgroup().memoryLimit ?? Infinity);
  }

  isBusy(): boolean {
    const use = this.cgroup();
    const now = this.#sample(use);
    const elapsed = now.at - this.#last.at;
    if (elapsed >= SAMPLE_MS) {
      const cores = use.cpuLimit ?? cpus().length;
      this.#cpu = (now.used - this.#last.used) / ((elapsed / 1000) * cores);
      this.#last = now;
    }
    return this.#cpu > CPU || (use.memory ?? 1 - freemem() / totalmem()) > MEMORY;
  }

  #sample({ cpuSeconds }: CgroupUse): Sample {
    const used =
      cpuSeconds ??
      cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1000;
    return { at: performance.now(), used };
  }
}
