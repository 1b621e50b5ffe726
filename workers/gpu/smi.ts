import { spawn } from 'node:child_process';

export interface SmiAnswer {
  /** `absent`: there is no such program. `silent`: it did not end in time, as when a driver hangs. */
  readonly end: 'answered' | 'failed' | 'absent' | 'silent';
  readonly stdout: string;
  /** What it printed beside the rows of devices, in one line. */
  readonly message: string;
}

const ANSWER_MS = 10_000;
const LONGEST_MESSAGE = 500;

/** Asks nvidia-smi. Returns in time whatever the driver does: a process that hangs in the kernel cannot even be killed. */
export function askSmi(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  milliseconds = ANSWER_MS,
): Promise<SmiAnswer> {
  return new Promise((resolve) => {
    // Numbers and messages are those of the C locale.
    const child = spawn('nvidia-smi', args, {
      env: { ...env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const end = (how: SmiAnswer['end'], message: string) => {
      clearTimeout(timer);
      const lines = message.split('\n').map((line) => line.trim());
      const said = lines.filter((line) => line !== '' && !/^\d+, /.test(line)).join(' ');
      resolve({ end: how, stdout, message: said.slice(0, LONGEST_MESSAGE) });
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
      end('silent', `nvidia-smi did not answer within ${milliseconds / 1000} s`);
    }, milliseconds);
    child.once('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ENOENT' ? 'absent' : 'failed', error.message),
    );
    child.once('close', (code) => end(code === 0 ? 'answered' : 'failed', `${stdout}\n${stderr}`));
  });
}
