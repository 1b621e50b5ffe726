import { Command } from 'commander';
import { withConnectionOptions, type ConnectionOptions } from '../connection-options.js';
import { RUN_ARGUMENT } from './run-argument.js';

interface Options extends ConnectionOptions {
  follow?: true;
  json?: true;
}

/** `reprise runs logs`: what the stages' commands printed, secrets masked, from whichever host ran them. */
export function logsCommand(): Command {
  const command = new Command('logs')
    .description('what the stages of a run have printed, on whichever host')
    .argument(...RUN_ARGUMENT)
    .argument('[stage]', 'of one stage; default: of all, with their names')
    .option('-f, --follow', 'go on until the stage, or the run, has ended')
    .option('--json', 'print one JSON object a line');
  return withConnectionOptions(command).action(
    async (id: string, stage: string | undefined, options: Options) => {
      const { printLogs } = await import('../../runs/records/print-logs.js');
      await printLogs(id, stage, options);
    },
  );
}
