import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Makes a laid-out project what `npm install` would make it, of what the checkout has. */
export function install(root: string): void {
  const links = {
    reprise: '.',
    typescript: 'node_modules/typescript',
    '@types/node': 'node_modules/@types/node',
    'undici-types': 'node_modules/undici-types',
    '.bin/reprise': 'bin/reprise',
    '.bin/tsc': 'node_modules/typescript/bin/tsc',
  };
  for (const [link, target] of Object.entries(links)) {
    const path = join(root, 'node_modules', link);
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) symlinkSync(resolve(target), path);
  }
}

export interface CommandEnd {
  readonly code: number | null;
  readonly output: string;
}

/** A command in the project, as a user's shell would run it. */
export async function runIn(
  root: string,
  command: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<CommandEnd> {
  const { NODE_OPTIONS: _jests, ...own } = process.env;
  const child = spawn(command, args, {
    cwd: root,
    env: { ...own, TEMPORAL_ADDRESS: '', NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return await new Promise((done, fail) => {
    child.once('error', fail).once('close', (code) => done({ code, output }));
  });
}
