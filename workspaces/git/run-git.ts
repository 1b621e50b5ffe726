import { spawn } from 'node:child_process';
import { DiagnosticError } from '../../diagnostics/index.js';

export interface GitOptions {
  readonly cwd: string;
  readonly signal?: AbortSignal | undefined;
  readonly env?: Readonly<Record<string, string>>;
}

/** What a repository may be fetched over: git's `ext::` and the like run commands of their own. */
export const PROTOCOLS = 'file:git:http:https:ssh';

/**
 * Runs git with the credentials that the user's own configuration gives it (helpers, keys, netrc), and never asks a person.
 *
 * @returns what it printed
 * @throws DiagnosticError `git-failed`, `git-missing`
 */
export function runGit(args: readonly string[], options: GitOptions): Promise<string> {
  const { cwd, signal, env } = options;
  return new Promise((resolve, reject) => {
    const child = spawn('git', [...args], {
      cwd,
      env: {
        ...process.env,
        GIT_TERMINAL_PROMPT: '0',
        GIT_ALLOW_PROTOCOL: PROTOCOLS,
        GIT_SSH_COMMAND: process.env['GIT_SSH_COMMAND'] ?? 'ssh -o BatchMode=yes',
        LC_ALL: 'C',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal ? { signal } : {}),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', (cause) => {
      if (signal?.aborted) reject(cause);
      else
        reject(
          new DiagnosticError('git-missing', {
            message: `git cannot be started: ${cause.message}`,
            fix: 'install git on the worker’s host',
            cause,
          }),
        );
    });
    child.once('close', (code) => {
      if (code === 0) resolve(stdout);
      // Without a code it was killed.
      else reject(new GitFailed(commandOf(args), stderr.trim(), code === null));
    });
  });
}

/** The other side could not be reached, or broke off. */
const PASSING =
  /could not resolve host|connection (refused|reset|timed out)|unable to connect|early EOF|expected (flush|response end)|unexpected disconnect|the remote end hung up|RPC failed|operation timed out|HTTP 5\d\d|unable to access .*: Failed to connect/i;
/** This host has no room for it: another one may, or this one later. */
const FULL =
  /no space left on device|out of diskspace|disk quota exceeded|(unable|failed) to write|(couldn't|could not) write|write error/i;
/** A git command that this one had started; or the checkout was removed under it, by a host whose clock had jumped. */
const KILLED =
  /died of signal|terminated by signal|not a git repository|unable to read current working directory/i;
/** What a shell says of it: some of git's commands are scripts, which go on and say something else. */
const SHELL_KILLED = /\b(Killed|Terminated)\b/;
/** The other side refused because the ref is not what we took it for. */
const STALE = /stale info|fetch first|non-fast-forward|cannot lock ref|remote ref .*changed/i;

/** A git command that ended with another code than 0. */
export class GitFailed extends DiagnosticError {
  constructor(
    readonly command: string,
    readonly stderr: string,
    isKilled: boolean,
  ) {
    super('git-failed', {
      message: `git ${command} ${isKilled ? 'was killed' : 'failed'}: ${withoutSecrets(lastLines(stderr))}`,
      fix: 'try the same with git on the worker’s host, as the user that the worker runs as',
      transient: isKilled || [PASSING, FULL, KILLED, SHELL_KILLED].some((pattern) => pattern.test(stderr)),
    });
  }

  get isStale(): boolean {
    return STALE.test(this.stderr);
  }
}

/** Without settings for this one time. */
function commandOf(args: readonly string[]): string {
  return args.find((arg, at) => arg !== '-c' && args[at - 1] !== '-c') ?? '';
}

function lastLines(text: string): string {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .slice(-5)
    .join('\n  ');
}

/** Git prints the URL that failed, as it was given. */
function withoutSecrets(text: string): string {
  return text.replace(/\/\/[^/\s]+@/g, '//***@');
}
