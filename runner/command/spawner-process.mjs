// @ts-check
/**
 * Starts commands for the worker whose child it is: `spawner.ts` says why. It ends when the worker does; what it started then
 * lives on, as an own child of the worker would, but for what the worker had not yet noted down.
 *
 * @import { FromSpawner, ToSpawner } from './spawner-messages.js'
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** @type {Map<number, import('node:child_process').ChildProcess>} */
const commands = new Map();
/** By number, the process groups of which the worker may not know. @type {Map<number, number>} */
const unnoted = new Map();

process.on('message', (/** @type {ToSpawner} */ message) => {
  if ('start' in message) return start(message);
  if ('noted' in message) return void unnoted.delete(message.noted);
  const command = commands.get(message.release);
  command?.stdout?.destroy();
  command?.stderr?.destroy();
});
process.on('disconnect', () => {
  for (const group of unnoted.values()) {
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
  process.exit();
});
// Whoever ends a whole host's processes wants commands to save first: the worker sees to that.
for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT', 'SIGHUP'])) process.on(signal, () => {});

/** @param {Extract<ToSpawner, { start: number }>} command */
function start({ start: id, file, args, cwd, env }) {
  try {
    const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    child.once('error', (error) => tell({ id, error: error.message }));
    const { pid } = child;
    if (pid === undefined) return;
    commands.set(id, child);
    unnoted.set(id, pid);
    tell({ id, pid, stat: statOf(pid) });
    for (const stream of [child.stdout, child.stderr]) {
      // Read no faster than the worker takes it.
      stream.setEncoding('utf8').on('data', (text) => {
        stream.pause();
        tell({ id, text }, () => stream.resume());
      });
    }
    child.once('exit', (code, signal) => tell({ id, code, signal }));
    child.once('close', () => {
      commands.delete(id);
      unnoted.delete(id);
      tell({ id, closed: true });
    });
  } catch (error) {
    tell({ id, error: error instanceof Error ? error.message : String(error) });
  }
}

/**
 * Read here, where nobody has waited for the process yet: it is there, also when it has ended.
 *
 * @param {number} pid
 */
function statOf(pid) {
  return process.platform === 'linux' ? readFileSync(`/proc/${pid}/stat`, 'utf8') : undefined;
}

/**
 * @param {FromSpawner} message
 * @param {() => void} [then]
 */
function tell(message, then = () => {}) {
  if (process.connected) process.send?.(message, undefined, undefined, then);
}
