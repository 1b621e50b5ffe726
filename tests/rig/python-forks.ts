import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('python_forks.py', import.meta.url));

export interface PythonEnd {
  /** Negative: the signal that ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface PythonSettings {
  readonly cwd: string;
  /** All of it: nothing is inherited. */
  readonly env: NodeJS.ProcessEnv;
  readonly input?: string;
  /** What this program begins with, beside what all begin with; whoever asks for it later has it already. */
  readonly modules?: readonly string[];
}

/** Runs a program, one at a time. `argv` is what `python` would be given: a file and its arguments, or `-c` and a text. */
export type RunPython = (argv: readonly string[], settings: PythonSettings) => Promise<PythonEnd>;

/**
 * Python programs that begin with the same imports, which take longer than the programs: each runs in a fork of a process
 * that has made them already. It is started at the first question, and ends after the suite.
 *
 * @param python the interpreter
 * @param modules what it imports beforehand
 */
export function pythonForks(
  python: string,
  modules: readonly string[],
  env: NodeJS.ProcessEnv = {},
): RunPython {
  let server: { readonly child: ChildProcess; readonly lines: AsyncIterator<string> } | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const start = (): NonNullable<typeof server> => {
    const child = spawn(python, [SCRIPT, ...modules], {
      stdio: ['pipe', 'pipe', 'inherit'],
      // macOS ends a fork of a process that has used its frameworks, unless told otherwise.
      env: { ...process.env, ...env, OBJC_DISABLE_INITIALIZE_FORK_SAFETY: 'YES' },
      detached: true,
    });
    // How it ended, the end of its lines says.
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined);
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  };
  afterAll(() => {
    const { pid, exitCode, signalCode } = server?.child ?? {};
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
  });
  return (argv, { cwd, env: own, input = '', modules: more = [] }) => {
    const answer = last.then(async () => {
      server ??= start();
      server.child.stdin?.write(`${JSON.stringify({ argv, cwd, env: own, input, modules: more })}\n`);
      const { value, done } = await server.lines.next();
      if (done) throw new Error(`${python} has ended`);
      return JSON.parse(value) as PythonEnd;
    });
    last = answer.catch(() => undefined);
    return answer;
  };
}
