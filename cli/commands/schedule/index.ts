import { Command } from 'commander';
import { backfillCommand } from './backfill.js';
import { createCommand } from './create.js';
import {
  deleteCommand,
  listCommand,
  pauseCommand,
  showCommand,
  triggerCommand,
  unpauseCommand,
} from './simple.js';

/** `reprise schedule …`: retraining, or another run, at times. */
export function scheduleCommand(): Command {
  return new Command('schedule')
    .description('retrain at times, and look after the schedules')
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(triggerCommand())
    .addCommand(pauseCommand())
    .addCommand(unpauseCommand())
    .addCommand(backfillCommand())
    .addCommand(deleteCommand());
}
