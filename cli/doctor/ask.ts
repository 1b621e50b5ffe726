import { execFile } from 'node:child_process';

export interface Answer {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program that is to answer at once. One that is not there, crashes or hangs is `ok: false`. */
export function ask(program: string, args: readonly string[], milliseconds = 20_000): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: milliseconds, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      resolve({ ok: error === null, stdout, stderr: stderr || (error?.message ?? '') });
    });
  });
}
