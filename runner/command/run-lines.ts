import { spawn } from 'node:child_process';
import { identify, type ProcessIdentity } from './process-identity.js';
import { endMembers } from './process-group.js';
import { commandLines, shellCommand } from './shell.js';

export interface RunLinesOptions {
  readonly cmd: string | readonly string[];
  readonly wdir: string;
  readonly env: NodeJS.ProcessEnv;
  /** Seconds between SIGTERM and SIGKILL when `signal` fires. */
  readonly grace: number;
  readonly signal: AbortSignal;
  onStart(process: ProcessIdentity): void;
  onOutput(text: string): void;
}

export type CommandEnd =
  | { readonly reason: 'done' }
  | { readonly reason: 'exit'; readonly line: string; readonly code: number }
  | { readonly reason: 'killed'; readonly line: string; readonly signal: NodeJS.Signals }
  | { readonly reason: 'not-started'; readonly line: string; readonly message: string }
  | { readonly reason: 'canceled' };

/** Runs a stage's command line by line, each in a shell and a process group of its own, until one fails. */
export async function runLines(options: RunLinesOptions): Promise<CommandEnd> {
  for (const line of commandLines(options.cmd)) {
    if (options.signal.aborted) return { reason: 'canceled' };
    const end = await runLine(line, options);
    if (end.reason !== 'done') return end;
  }
  return { reason: 'done' };
}

function runLine(line: string, options: RunLinesOptions): Promise<CommandEnd> {
  const { file, args } = shellCommand(line, options.env);
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: options.wdir,
      env: options.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.once('error', (error) => resolve({ reason: 'not-started', line, message: error.message }));
    child.stdout.setEncoding('utf8').on('data', options.onOutput);
    child.stderr.setEncoding('utf8').on('data', options.onOutput);
    const leader = child.pid === undefined ? undefined : identify(child.pid);
    if (leader) options.onStart(leader);

    const endAll = async (): Promise<void> => {
      if (leader) await endMembers(leader.pid, options.grace);
    };
    const cancel = (): void => void endAll();
    options.signal.addEventListener('abort', cancel, { once: true });
    // A process that outlives its shell may hold the pipes open: the command is over when its shell is.
    child.once('exit', (code, signal) => {
      options.signal.removeEventListener('abort', cancel);
      const end = (): void => {
        child.stdout.destroy();
        child.stderr.destroy();
        if (options.signal.aborted) resolve({ reason: 'canceled' });
        else if (signal) resolve({ reason: 'killed', line, signal });
        else if (code === 0) resolve({ reason: 'done' });
        else if (code !== null && code > 128 && KILLED_IN_SHELL.has(code - 128)) {
          resolve({ reason: 'killed', line, signal: KILLED_IN_SHELL.get(code - 128) as NodeJS.Signals });
        } else resolve({ reason: 'exit', line, code: code ?? 1 });
      };
      const closed = new Promise((done) => child.once('close', done));
      // What was stopped, or lost its shell, is over when all of it is: it may be run again at once.
      void (options.signal.aborted || signal ? endAll() : Promise.resolve()).then(() => {
        void closed.then(end);
        setTimeout(end, 1000).unref();
      });
    });
  });
}

/** A shell reports a child that a signal ended as 128 + its number. */
const KILLED_IN_SHELL: ReadonlyMap<number, NodeJS.Signals> = new Map([
  [9, 'SIGKILL'],
  [6, 'SIGABRT'],
  [7, 'SIGBUS'],
  [11, 'SIGSEGV'],
  [15, 'SIGTERM'],
]);
