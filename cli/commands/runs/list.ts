import { Command, InvalidArgumentError, Option } from 'commander';
import { withConnectionOptions, type ConnectionOptions } from '../connection-options.js';

interface Options extends ConnectionOptions {
  status?: string;
  project?: string;
  limit: number;
  json?: true;
}

const STATUSES = ['running', 'paused', 'succeeded', 'failed', 'canceled', 'terminated', 'timed-out'];

/** `reprise runs list`: what the server knows of runs, newest first; no worker is needed. */
export function listCommand(): Command {
  const command = new Command('list')
    .description('the runs that the server knows, newest first')
    .addOption(new Option('--status <status>', 'only these').choices(STATUSES))
    .option('--project <name>', 'only runs of this project')
    .option('-n, --limit <n>', 'at most so many', positiveInteger, 20)
    .option('--json', 'print one JSON object');
  return withConnectionOptions(command).action(async (options: Options) => {
    const { printRuns } = await import('../../runs/records/print-runs.js');
    await printRuns(options);
  });
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}
