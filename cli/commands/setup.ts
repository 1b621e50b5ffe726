import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Command } from 'commander';
import { packageRoot } from '../../infra/locate/index.js';

/** `reprise setup`: fetches what npm alone does not give. It is a program of its own, which needs none of our packages. */
export function setupCommand(): Command {
  return new Command('setup')
    .description('fetch the Temporal CLI and the TensorFlow library into the cache folder')
    .option('--only <steps>', 'some of: packages,temporal,tensorflow')
    .option('--json', 'print one JSON object an event')
    .action(async (options: { only?: string; json?: boolean }) => {
      const args = [
        join(packageRoot(), 'infra/setup.mjs'),
        ...(options.only === undefined ? [] : ['--only', options.only]),
        ...(options.json ? ['--json'] : []),
      ];
      process.exitCode = await new Promise<number>((resolve, reject) => {
        const child = spawn(process.execPath, args, { stdio: 'inherit' });
        child.once('error', reject);
        child.once('close', (code) => resolve(code ?? 1));
      });
    });
}
