// @ts-check
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null, stdout: string, output: string }} Finished */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/** Ends every child that is still at work, with what it started; called when the set-up itself is interrupted. */
export function killChildren() {
  for (const child of running) endGroup(child);
}

/**
 * Runs a command to its end. `output` is stdout and stderr together; each line also goes to `onLine` as it comes.
 * A command that cannot be started ends with code 127.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void, signal?: AbortSignal }} [options]
 * @returns {Promise<Finished>}
 */
export function run(command, args, { cwd, env, onLine, signal } = {}) {
  return new Promise((resolve) => {
    let stdout = '';
    let output = '';
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that compilers and downloads started by the command end with it.
      detached: process.platform !== 'win32',
    });
    running.add(child);
    const end = () => endGroup(child);
    signal?.addEventListener('abort', end, { once: true });
    child.stdout.on('data', (chunk) => (stdout += chunk));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        output += `${line}\n`;
        onLine?.(line);
      });
    }
    /** @param {Finished} result */
    const finish = (result) => {
      running.delete(child);
      signal?.removeEventListener('abort', end);
      resolve(result);
    };
    child.once('error', (error) =>
      finish({ code: 127, signal: null, stdout, output: `${output}${error.message}\n` }),
    );
    child.once('close', (code, killedBy) => finish({ code, signal: killedBy, stdout, output }));
  });
}

/**
 * The last lines of a command's output that say something.
 *
 * @param {string} output
 */
export function lastLines(output, count = 6) {
  return output
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n');
}

/** @param {import('node:child_process').ChildProcess} child */
function endGroup(child) {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}
