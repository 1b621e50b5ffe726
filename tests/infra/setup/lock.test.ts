import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../../../infra/setup/lock.mjs';
import { scratchFolder } from '../scratch.js';

const module = new URL('../../../infra/setup/lock.mjs', import.meta.url).href;

describe('withLock', () => {
  const folder = scratchFolder();

  /** A process that appends to a log when it has the lock and before it gives it back. */
  const contend = (file: string, log: string) => {
    const script = `
      import { appendFileSync } from 'node:fs';
      import { withLock } from ${JSON.stringify(module)};
      await withLock(${JSON.stringify(file)}, () => {}, async () => {
        appendFileSync(${JSON.stringify(log)}, 'in\\n');
        await new Promise((resolve) => setTimeout(resolve, 50));
        appendFileSync(${JSON.stringify(log)}, 'out\\n');
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
    return new Promise<number | null>((resolve) => child.once('close', resolve));
  };

  it('lets one process in at a time, all of which find a stale lock first', async () => {
    const file = join(folder, 'contended.lock');
    const log = join(folder, 'log');
    const dead = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => dead.once('close', resolve));
    writeFileSync(file, JSON.stringify({ pid: dead.pid, host: hostname() }));
    expect(await Promise.all(Array.from({ length: 6 }, () => contend(file, log)))).toEqual([
      0, 0, 0, 0, 0, 0,
    ]);
    expect(readFileSync(log, 'utf8')).toBe('in\nout\n'.repeat(6));
    expect(existsSync(file)).toBe(false);
  });

  it('waits for a living holder, and says who that is', async () => {
    const file = join(folder, 'held.lock');
    const events: string[] = [];
    let told: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (told = resolve));
    const first = withLock(
      file,
      () => undefined,
      async () => {
        await waiting;
        events.push('first');
      },
    );
    const second = withLock(
      file,
      ({ pid }: { pid: number }) => {
        events.push(`wait for ${pid}`);
        told();
      },
      async () => void events.push('second'),
    );
    await Promise.all([first, second]);
    expect(events).toEqual([`wait for ${process.pid}`, 'first', 'second']);
  });

  it('is given back when the work fails', async () => {
    const file = join(folder, 'failed.lock');
    const failing = withLock(
      file,
      () => undefined,
      () => Promise.reject(new Error('no')),
    );
    await expect(failing).rejects.toThrow('no');
    expect(existsSync(file)).toBe(false);
  });
});
