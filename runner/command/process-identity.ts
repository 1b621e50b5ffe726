import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process named so that a later one that got its number is not taken for it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the host's own notation. */
  readonly started: string;
}

/** Undefined when no such process runs. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    if (process.platform === 'linux') return identityIn(pid, readFileSync(`/proc/${pid}/stat`, 'utf8'));
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return started === '' ? undefined : { pid, started };
  } catch {
    return undefined;
  }
}

/** The same from its line in /proc. Undefined when it has ended, and nobody has waited for it yet. */
export function identityIn(pid: number, stat: string): ProcessIdentity | undefined {
  // proc(5): the 22nd field is the start time in clock ticks since boot; the 2nd may hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : { pid, started: fields[19] ?? '' };
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.started === identity.started;
}

/** Signals this process, and no other that got its number. @returns false when it has ended, which may be at this moment */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
