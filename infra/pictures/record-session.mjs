// @ts-check
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * What a command wrote to its terminal, and when: milliseconds since it was started.
 * @typedef {{ readonly at: number, readonly text: string }} Chunk
 */

/**
 * Runs a command on a terminal of its own (util-linux's `script` gives it one), and writes down what it says.
 *
 * @param {string} command for a shell
 * @param {{ readonly cwd: string, readonly columns: number, readonly rows: number, readonly killWhen?: RegExp }} options
 *   `killWhen`: the command is killed, without warning, as soon as it has said this
 * @returns {Promise<{ readonly chunks: readonly Chunk[], readonly killed: boolean, readonly code: number | null }>}
 */
export function recordSession(command, { cwd, columns, rows, killWhen }) {
  const since = Date.now();
  const child = spawn(
    'script',
    ['-qefc', `stty cols ${columns} rows ${rows}; exec ${command}`, '/dev/null'],
    {
      cwd,
      env: {
        ...process.env,
        CI: '',
        NO_COLOR: '',
        TERM: 'xterm-256color',
        LANG: 'C.UTF-8',
        SHELL: '/bin/sh',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  /** @type {Chunk[]} */
  const chunks = [];
  let killed = false;
  child.stdout.setEncoding('utf8').on('data', (text) => {
    chunks.push({ at: Date.now() - since, text });
    if (killed || !killWhen?.test(text)) return;
    killed = true;
    const pids = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
    for (const pid of pids) process.kill(Number(pid), 'SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ chunks, killed, code }));
  });
}
