import { Command } from 'commander';
import { withConnectionOptions, type ConnectionOptions } from '../connection-options.js';
import { RUN_ARGUMENT } from './run-argument.js';

/** `reprise runs show`: the stages of a run, why it failed, and where its page is. */
export function showCommand(): Command {
  const command = new Command('show')
    .description('the stages of a run, and what failed')
    .argument(...RUN_ARGUMENT)
    .option('--json', 'print one JSON object');
  return withConnectionOptions(command).action(
    async (id: string, options: ConnectionOptions & { json?: true }) => {
      const { printDetails } = await import('../../runs/records/print-details.js');
      await printDetails(id, options);
    },
  );
}
