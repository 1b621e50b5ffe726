import { Command } from 'commander';
import { withConnectionOptions, type ConnectionOptions } from '../connection-options.js';
import { RUN_ARGUMENT } from './run-argument.js';

interface Options extends ConnectionOptions {
  detach?: true;
  json?: true;
}

/** `reprise runs retry`: the same run again; what it had finished is not made again. */
export function retryCommand(): Command {
  const command = new Command('retry')
    .description('start again what a finished run left undone')
    .argument(...RUN_ARGUMENT)
    .option('--detach', 'on a configured server: only start it')
    .option('--json', 'print one JSON object per event');
  return withConnectionOptions(command).action(async (id: string, options: Options) => {
    const { retryRun } = await import('../../runs/records/retry-run.js');
    await retryRun(id, options);
  });
}
