import { Command } from 'commander';
import { withConnectionOptions, type ConnectionOptions } from '../connection-options.js';
import { RUN_ARGUMENT } from './run-argument.js';

interface Options extends ConnectionOptions {
  json?: true;
}

/** `reprise runs pause`: what runs saves a checkpoint and leaves its host and its GPU. */
export const pauseCommand = (): Command =>
  pausing('pause', 'end what runs, with a checkpoint, and begin nothing more until it is resumed');

/** `reprise runs resume`. */
export const resumeCommand = (): Command =>
  pausing(
    'resume',
    'let a paused run, or one of its stages, go on from its checkpoint, on whichever host is free',
  );

function pausing(update: 'pause' | 'resume', description: string): Command {
  const command = new Command(update)
    .description(description)
    .argument(...RUN_ARGUMENT)
    .argument('[stage]', 'only this stage')
    .option('--json', 'print one JSON object');
  return withConnectionOptions(command).action(
    async (id: string, stage: string | undefined, options: Options) => {
      const { steerRun } = await import('../../runs/records/steer-run.js');
      await steerRun(id, { ...options, update, payload: stage === undefined ? {} : { stage } });
    },
  );
}
