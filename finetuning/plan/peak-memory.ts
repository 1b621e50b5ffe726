import { existsSync, readFileSync } from 'node:fs';

const STATUS = '/proc/self/status';

/**
 * Bytes: the most that this process ever had in memory. On Linux, what `resourceUsage` says begins with the memory of the
 * process that started this one.
 */
export function peakMemory(): number {
  const status = existsSync(STATUS) ? readFileSync(STATUS, 'utf8') : '';
  return 1024 * Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
}
