import { Command } from 'commander';
import { withConnectionOptions, type ConnectionOptions } from '../connection-options.js';
import { RUN_ARGUMENT } from './run-argument.js';

interface Options extends ConnectionOptions {
  force?: true;
  json?: true;
}

/** `reprise runs cancel`: SIGTERM to what runs, SIGKILL after its grace time; with `--force`, the run is closed unasked. */
export function cancelCommand(): Command {
  const command = new Command('cancel')
    .description('end a run: what runs may save a checkpoint first')
    .argument(...RUN_ARGUMENT)
    .option('--force', 'close the run at once, also when no worker is there to end what runs')
    .option('--json', 'print one JSON object');
  return withConnectionOptions(command).action(async (id: string, options: Options) => {
    const { cancelRun } = await import('../../runs/records/cancel-run.js');
    await cancelRun(id, options);
  });
}
