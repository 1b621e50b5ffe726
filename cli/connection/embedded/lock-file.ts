import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { identify, isAlive, type ProcessIdentity } from '../../../runner/project.js';

const POLL_MS = 50;
const PATIENCE_MS = 60_000;

/**
 * Runs `body` while no other process holds `file`. A holder that died is passed over.
 *
 * @throws DiagnosticError `lock-busy` when a live process does not let go of it
 */
export async function withLock<T>(file: string, body: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!tryLock(file)) {
    const holder = readHolder(file);
    if (holder && !isAlive(holder)) breakLock(file, holder);
    else if (Date.now() > deadline) {
      throw new DiagnosticError('lock-busy', {
        message: `${file} is held by process ${holder?.pid ?? 'unknown'}`,
        fix: 'wait for that process, or end it',
      });
    } else await sleep(POLL_MS);
  }
  try {
    return await body();
  } finally {
    rmSync(file, { force: true });
  }
}

/** The lock is a link to a file that was written whole: nobody ever reads half a holder. */
export function tryLock(file: string): boolean {
  const beside = `${file}.${randomUUID()}`;
  writeFileSync(beside, JSON.stringify(identify(process.pid)));
  try {
    linkSync(beside, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(beside, { force: true });
  }
}

export function readHolder(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

/** Of several that find the same dead holder one moves it away; whoever moved a newer lock by mistake puts it back. */
export function breakLock(file: string, dead: ProcessIdentity): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const moved = readHolder(aside);
  if (moved && (moved.pid !== dead.pid || moved.started !== dead.started)) {
    try {
      linkSync(aside, file);
    } catch {
      // A third process took the lock in between: both believe that they hold it, for one start of the server.
    }
  }
  rmSync(aside, { force: true });
}
