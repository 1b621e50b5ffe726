import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a server is asked first, until it answers. */
export interface Question {
  readonly path: string;
  readonly body: object;
}

/**
 * Starts a server, waits until it answers, and ends it when it has been asked.
 *
 * @param use is given the server's address
 */
export async function withServer<T>(
  options: {
    readonly cwd: string;
    readonly file: string;
    readonly args: (port: number) => readonly string[];
    readonly first: Question;
  },
  use: (address: string) => Promise<T>,
): Promise<T> {
  const { cwd, file, args, first } = options;
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const child = spawn(file, [...args(port)], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    await answers(address, first, child);
    return await use(address);
  } finally {
    child.kill('SIGTERM');
  }
}

export function post(address: string, { path, body }: Question): Promise<Response> {
  return fetch(address + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function answers(address: string, first: Question, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with code ${child.exitCode}`);
    const response = await post(address, first).catch(() => undefined);
    await response?.text();
    if (response?.ok) return;
    await sleep(200);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
