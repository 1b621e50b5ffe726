import { spawn } from 'node:child_process';

/** What a person on a terminal sees, and how it ended. */
export interface TerminalEnd {
  readonly status: number | null;
  readonly stdout: string;
}

/**
 * Runs a command on a terminal, by util-linux's `script`, and types an answer each time that it asks; then Ctrl-D, if it asks again. Not
 * before: until a program reads keys by itself the terminal keeps lines, and of a Ctrl-D that came so early it makes another character.
 *
 * @param asks what it shows when it waits for an answer
 */
export function onTerminal(
  command: string,
  {
    cwd,
    env,
    asks,
    answers,
  }: {
    readonly cwd: string;
    readonly env: NodeJS.ProcessEnv;
    readonly asks: RegExp;
    readonly answers: readonly string[];
  },
): Promise<TerminalEnd> {
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const left = [...answers];
  let [stdout, seen] = ['', 0];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    const found = asks.exec(stdout.slice(seen));
    if (!found) return;
    seen += found.index + found[0].length;
    const answer = left.shift();
    if (answer === undefined) child.stdin.end();
    else child.stdin.write(`${answer}\n`);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (status) => resolve({ status, stdout }));
  });
}
