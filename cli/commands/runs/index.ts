import { Command } from 'commander';
import { approveCommand } from './approve.js';
import { cancelCommand } from './cancel.js';
import { configureCommand } from './configure.js';
import { listCommand } from './list.js';
import { logsCommand } from './logs.js';
import { pauseCommand, resumeCommand } from './pause.js';
import { rejectCommand } from './reject.js';
import { retryCommand } from './retry.js';
import { showCommand } from './show.js';

/** `reprise runs`: one file a verb. */
export function runsCommand(): Command {
  return new Command('runs')
    .description('look at runs, read their logs, pause, change and answer them, end them, start them again')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(logsCommand())
    .addCommand(pauseCommand())
    .addCommand(resumeCommand())
    .addCommand(configureCommand())
    .addCommand(cancelCommand())
    .addCommand(retryCommand())
    .addCommand(approveCommand())
    .addCommand(rejectCommand());
}
