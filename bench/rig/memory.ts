import { readFileSync, readdirSync } from 'node:fs';

/** Bytes of a process that are in memory now. Linux. */
export function residentMemory(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

/** The most bytes of a process that were in memory at once, so far; 0 of one that has ended. Linux. */
export function peakMemory(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

/**
 * Seconds of CPU that a worker, its spawner and the commands that have ended took; not what else it started, as its own Temporal
 * server. Linux, whose clock has 100 ticks a second.
 */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // proc(5): the 14th to 17th fields; the 2nd may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
  return own + spawnersOf(pid).reduce((sum, child) => sum + cpuSeconds(child), 0);
}

/** Whichever of its threads started them. */
function spawnersOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`)
    .flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' '))
    .filter((child) => child !== '')
    .filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('spawner-process'))
    .map(Number);
}
