import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Says that this process alone sends what lies there. A lock of a process that has ended is none.
 *
 * @returns how to give it back; undefined: another one has it
 */
export function tryLock(path: string): (() => void) | undefined {
  mkdirSync(dirname(path), { recursive: true });
  const own = `${process.pid} ${startOf(process.pid) ?? ''}`;
  for (let tries = 0; tries < 2; tries++) {
    try {
      writeFileSync(path, own, { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const [pid = '', started = ''] = (readQuietly(path) ?? '').split(' ');
    if (pid !== '' && isAlive(Number(pid)) && (startOf(Number(pid)) ?? '') === started) return undefined;
    rmSync(path, { force: true });
  }
  return undefined;
}

/** As {@link tryLock}, after a wait for the other one. */
export async function lock(path: string): Promise<() => void> {
  for (;;) {
    const release = tryLock(path);
    if (release) return release;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Ticks since the host's start at which a process began, where /proc says so: its number may be another's by now. */
function startOf(pid: number): string | undefined {
  const text = readQuietly(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}

function readQuietly(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
