import { Command } from 'commander';
import { cancelCommand } from './cancel.js';
import { listCommand } from './list.js';
import { logsCommand } from './logs.js';
import { retryCommand } from './retry.js';
import { showCommand } from './show.js';

/** `reprise runs`: one file a verb. */
export function runsCommand(): Command {
  return new Command('runs')
    .description('look at runs, read their logs, end them, start them again')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(logsCommand())
    .addCommand(cancelCommand())
    .addCommand(retryCommand());
}
