import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../infra/locate/index.js';

export const reprise = join(packageRoot(), 'bin', 'reprise');

/** @param address of a Temporal server; otherwise the project has its own */
export function start(
  root: string,
  file: string,
  args: readonly string[],
  address = '',
  env: NodeJS.ProcessEnv = {},
): ChildProcess {
  const child = spawn(file, [...args], {
    cwd: root,
    env: { ...process.env, TEMPORAL_ADDRESS: address, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // With `--json`, it says there why it failed.
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    lastWords.set(child, `${lastWords.get(child) ?? ''}${text}`.slice(-MOST_WORDS));
  });
  return child;
}

const lastWords = new WeakMap<ChildProcess, string>();
const MOST_WORDS = 2_000;

export function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${child.spawnfile} ended with code ${code}\n${lastWords.get(child) ?? ''}`));
    });
  });
}

/** From the start of a command to its end. */
export async function seconds(
  root: string,
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<number> {
  const before = performance.now();
  await ended(start(root, file, args, '', env));
  return (performance.now() - before) / 1000;
}

export interface ServingWorker {
  readonly child: ChildProcess;
  /** Of the Temporal server. */
  readonly address: string;
}

/** `reprise worker`, once it serves the folder. */
export function serve(
  root: string,
  args: readonly string[] = [],
  address = '',
  env: NodeJS.ProcessEnv = {},
): Promise<ServingWorker> {
  const child = start(root, reprise, ['worker', '--json', ...args], address, env);
  let text = '';
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (data: Buffer) => {
      text += data.toString();
      for (const line of text.split('\n')) {
        if (!line.includes('"serving"') || !line.endsWith('}')) continue;
        resolve({ child, address: (JSON.parse(line) as { address: string }).address });
      }
    });
    child.once('exit', (code) => reject(new Error(`the worker ended with code ${code}`)));
  });
}

export async function stop(worker: ServingWorker): Promise<void> {
  worker.child.kill('SIGTERM');
  await ended(worker.child);
}
