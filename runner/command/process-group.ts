import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { isAlive, type ProcessIdentity } from './process-identity.js';

/** Signals every process of the group that `leader` leads. A group that is gone is no error. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Ends the group of `leader`, if it still leads one, or if `isOurs` knows one of the processes that it left: the group's
 * number alone does not say so, since it may have been given anew.
 */
export async function endGroup(
  leader: ProcessIdentity,
  graceSeconds: number,
  isOurs: (pid: number) => boolean = () => false,
): Promise<void> {
  if (isAlive(leader) || membersOf(leader.pid).some(isOurs)) await endMembers(leader.pid, graceSeconds);
}

/**
 * SIGTERM, then SIGKILL once `graceSeconds` have passed, until no process of the group runs: one that outlives its shell
 * would go on writing to the stage's outs.
 */
export async function endMembers(group: number, graceSeconds: number): Promise<void> {
  signalGroup(group, 'SIGTERM');
  // By a clock that nobody sets: one that jumps ahead would leave no time to save.
  const deadline = performance.now() + graceSeconds * 1000;
  for (let wait = 5; membersOf(group).length > 0; wait = Math.min(wait * 2, 50)) {
    if (performance.now() >= deadline) signalGroup(group, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** Without those that have ended and that nobody has waited for yet, as in a container whose first process does not. */
function membersOf(group: number): number[] {
  try {
    process.kill(-group, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return [];
  }
  return process.platform === 'linux' ? membersInProc(group) : membersByPs(group);
}

function membersInProc(group: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        // proc(5): state, parent and group follow the command's name, which may hold spaces and parentheses.
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return processGroup === String(group) && state !== 'Z';
      } catch {
        return false;
      }
    });
}

function membersByPs(group: number): number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,pgid=,stat='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, processGroup, state]) => processGroup === String(group) && !state?.startsWith('Z'))
    .map(([pid]) => Number(pid));
}
