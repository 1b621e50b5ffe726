import type { ProcessIdentity } from './process-identity.js';
import { endMembers } from './process-group.js';
import { commandLines, shellCommand } from './shell.js';
import { startCommand } from './spawner.js';

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
  const { wdir: cwd, env, grace, signal } = options;
  return new Promise((resolve, reject) => {
    let group: number | undefined;
    let ending: Promise<void> | undefined;
    // Once: to a command that is saving its work, a second signal means to leave at once. Its shell may be gone before it.
    const endAll = async (): Promise<void> => {
      if (group !== undefined) await (ending ??= endMembers(group, grace));
    };
    const cancel = (): void => void endAll();
    signal.addEventListener('abort', cancel, { once: true });
    let close = (): void => undefined;
    const closed = new Promise<void>((done) => (close = done));
    const release = startCommand(
      { ...shellCommand(line, env), cwd, env },
      {
        onError(message) {
          signal.removeEventListener('abort', cancel);
          resolve({ reason: 'not-started', line, message });
        },
        onStart(pid, leader) {
          group = pid;
          if (signal.aborted) cancel();
          try {
            if (leader) options.onStart(leader);
          } catch (error) {
            // Nobody would find it again.
            cancel();
            reject(error as Error);
          }
        },
        onOutput: options.onOutput,
        onClose: close,
        // A process that outlives its shell may hold the pipes open: the command is over when its shell is.
        onExit(code, killed) {
          signal.removeEventListener('abort', cancel);
          const end = (): void => {
            release();
            resolve(endOf(line, code, signal.aborted, killed));
          };
          // What was stopped, or lost its shell, is over when all of it is: it may be run again at once.
          void (signal.aborted || killed ? endAll() : Promise.resolve()).then(() => {
            void closed.then(end);
            setTimeout(end, 1000).unref();
          });
        },
      },
    );
  });
}

function endOf(
  line: string,
  code: number | null,
  isCanceled: boolean,
  signal: NodeJS.Signals | null,
): CommandEnd {
  if (isCanceled) return { reason: 'canceled' };
  const killed = signal ?? KILLED_IN_SHELL.get((code ?? 1) - 128);
  if (killed) return { reason: 'killed', line, signal: killed };
  return code === 0 ? { reason: 'done' } : { reason: 'exit', line, code: code ?? 1 };
}

/** A shell reports a child that a signal ended as 128 + its number. */
const KILLED_IN_SHELL: ReadonlyMap<number, NodeJS.Signals> = new Map([
  [9, 'SIGKILL'],
  [6, 'SIGABRT'],
  [7, 'SIGBUS'],
  [11, 'SIGSEGV'],
  [15, 'SIGTERM'],
]);
