import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface GitCall {
  readonly cwd: string;
  /** Over the process's own: `GIT_DIR`, `GIT_WORK_TREE`, `GIT_INDEX_FILE`, … */
  readonly env?: Readonly<Record<string, string>>;
  /** For its stdin. */
  readonly input?: string;
}

/** What a hook or an alias of git's may have set for its children: it would name another repository than the one meant. */
const INHERITED = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_PREFIX',
  'GIT_NAMESPACE',
];

/** Runs git and returns what it prints, without the last line's end. Takes no lock that it can do without. */
export async function git(args: readonly string[], { cwd, env = {}, input = '' }: GitCall): Promise<string> {
  const inherited = Object.entries(process.env).filter(([name]) => !INHERITED.includes(name));
  const running = run('git', ['-c', 'core.fsmonitor=false', '-c', 'gc.auto=0', ...args], {
    cwd,
    env: { ...Object.fromEntries(inherited), GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C', ...env },
    maxBuffer: 1 << 28,
  });
  // A git that ends without reading breaks the pipe; why is in its exit code.
  running.child.stdin?.on('error', () => undefined);
  running.child.stdin?.end(input);
  const { stdout } = await running;
  return stdout.replace(/\n$/, '');
}

/** As {@link git}; undefined when git refuses. */
export async function askGit(args: readonly string[], call: GitCall): Promise<string | undefined> {
  return await git(args, call).catch(() => undefined);
}

/** The items of `-z` output. */
export function splitNul(text: string): string[] {
  return text.split('\0').filter((item) => item !== '');
}
