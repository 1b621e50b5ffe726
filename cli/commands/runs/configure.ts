import { Command } from 'commander';
import { withConnectionOptions, type ConnectionOptions } from '../connection-options.js';
import { RUN_ARGUMENT } from './run-argument.js';

interface Options extends ConnectionOptions {
  labels?: string;
  retries?: number;
  timeout?: number;
  priority?: number;
  json?: true;
}

/** `reprise runs configure`: other settings for a stage of a run that goes on. */
export function configureCommand(): Command {
  const command = new Command('configure')
    .description('change the settings of a stage while it runs; its files stay as they are')
    .argument(...RUN_ARGUMENT)
    .argument('<stage>')
    .option('--labels <labels>', 'move it to a worker with these labels, separated by commas')
    .option('--retries <n>', 'how often its command may fail', Number)
    .option('--timeout <seconds>', 'how long one run of its command may take, from now on', Number)
    .option('--priority <n>', '1 (first) to 5 (last), when it is scheduled next', Number)
    .option('--json', 'print one JSON object');
  return withConnectionOptions(command).action(async (id: string, stage: string, options: Options) => {
    const { labels, retries, timeout, priority, ...flags } = options;
    const { steerRun } = await import('../../runs/records/steer-run.js');
    await steerRun(id, {
      ...flags,
      update: 'configure',
      payload: { stage, labels: labels?.split(',').map((label) => label.trim()), retries, timeout, priority },
    });
  });
}
