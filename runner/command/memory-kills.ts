import { readFileSync } from 'node:fs';

/** How often the system has killed a process for want of memory since it started; undefined where it does not count that (Linux does). */
export function memoryKills(): number | undefined {
  try {
    const [, count] = /^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8')) ?? [];
    return count === undefined ? undefined : Number(count);
  } catch {
    return undefined;
  }
}
