import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RunEvent, RunFinished } from '../../cli/display/index.js';
import { ownerOf, serverOf } from './servers.js';

export const EXECUTABLE = fileURLToPath(new URL('../../bin/reprise', import.meta.url));

export interface RepriseEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the real command line, as a user's shell would start it. */
export interface RepriseProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<RepriseEnd>;
  /** What it has printed so far. */
  stdout(): string;
}

const started: { readonly child: ChildProcess; readonly cwd: string }[] = [];

/** After a test, failed or not: ends what it left running, with the projects' servers. */
export function endAll(): void {
  for (const { child, cwd } of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    // A detached run's process would restart the server.
    const owner = ownerOf(cwd);
    if (owner) process.kill(owner.pid, 'SIGKILL');
    const server = serverOf(cwd);
    if (server) process.kill(server.pid, 'SIGKILL');
  }
}

export function startReprise(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): RepriseProcess {
  const child = spawn(process.execPath, [EXECUTABLE, ...args], {
    cwd,
    env: { ...process.env, TEMPORAL_ADDRESS: '', SHELL: '/bin/sh', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push({ child, cwd });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<RepriseEnd>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended, stdout: () => stdout };
}

export async function reprise(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<RepriseEnd> {
  return await startReprise(args, cwd, env).ended;
}

/** The events of `--json` output. */
export function eventsOf(stdout: string): readonly RunEvent[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as RunEvent);
}

/** Stage → outcome, from the last event of a run. */
export function outcomesOf(end: RepriseEnd): Readonly<Record<string, string>> {
  const last = eventsOf(end.stdout).find((event): event is RunFinished => event.event === 'end');
  if (!last) throw new Error(`the run has no end: ${end.stdout}\n${end.stderr}`);
  return Object.fromEntries(last.stages.map((stage) => [stage.address, stage.outcome]));
}
