import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, signalProcess, type ProcessIdentity } from '../../../runner/project.js';

/** How long a server that was asked to stop may take; then it is killed, which its database survives. */
const STOP_MS = 15_000;

/** Waits for the end of a server that was asked to stop. */
export async function waitForEnd(server: ProcessIdentity): Promise<void> {
  const deadline = Date.now() + STOP_MS;
  while (isAlive(server)) {
    if (Date.now() > deadline) signalProcess(server, 'SIGKILL');
    await sleep(50);
  }
}
