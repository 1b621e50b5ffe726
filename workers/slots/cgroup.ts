import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a container may use, and uses. Absent where there is no limit. */
export interface CgroupUse {
  /** In cores. */
  readonly cpuLimit?: number;
  /** Seconds of CPU used since the container began. */
  readonly cpuSeconds?: number;
  /** Bytes. */
  readonly memoryLimit?: number;
  /** Of the limit: 0 to 1. */
  readonly memory?: number;
}

/** Linux, version 2 of cgroups: https://docs.kernel.org/admin-guide/cgroup-v2.html. Elsewhere nothing is limited. */
export function readCgroup(folder = '/sys/fs/cgroup'): CgroupUse {
  const read = (name: string): string => {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch {
      return '';
    }
  };
  const field = (text: string, name: string): number =>
    Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? Number.NaN);

  const [quota, period] = read('cpu.max').trim().split(' ').map(Number);
  const cpuLimit = quota && period ? quota / period : undefined;
  const cpuSeconds = field(read('cpu.stat'), 'usage_usec') / 1e6;
  const limit = Number(read('memory.max') || Number.NaN);
  // Files that were read once are given up as soon as memory is short.
  const used = Number(read('memory.current') || Number.NaN) - field(read('memory.stat'), 'inactive_file');
  return {
    ...(cpuLimit === undefined || Number.isNaN(cpuSeconds) ? {} : { cpuLimit, cpuSeconds }),
    ...(Number.isNaN(limit) ? {} : { memoryLimit: limit }),
    ...(Number.isNaN(limit) || Number.isNaN(used) ? {} : { memory: used / limit }),
  };
}
