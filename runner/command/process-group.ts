import { isAlive, type ProcessIdentity } from './process-identity.js';

/** Signals every process of the group that `leader` leads. A group that is gone is no error. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** SIGTERM, then SIGKILL once `graceSeconds` have passed. Returns when the leader is gone. */
export async function endGroup(leader: ProcessIdentity, graceSeconds: number): Promise<void> {
  if (!isAlive(leader)) return;
  signalGroup(leader.pid, 'SIGTERM');
  const deadline = Date.now() + graceSeconds * 1000;
  while (isAlive(leader)) {
    if (Date.now() >= deadline) signalGroup(leader.pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
