import { Command, InvalidArgumentError } from 'commander';
import { withConnectionOptions, type ConnectionOptions } from './connection-options.js';
import { gitPlaceOf, withGitOptions, type GitOptions } from './git-options.js';
import { taskQueueOf, withTaskQueueOption, type TaskQueueOptions } from './task-queue-option.js';

interface Options extends ConnectionOptions, GitOptions, TaskQueueOptions {
  interval: number;
  debounce: number;
  listen?: number;
  tokenEnv?: string;
  workspace?: string;
  json?: true;
}

/** `reprise watch`: retrains when data arrives. */
export function watchCommand(): Command {
  const command = new Command('watch')
    .description('retrain when data arrives; what arrives while a retraining runs makes one more follow')
    .argument('[places...]', 'files, folders, s3://bucket/prefix')
    .option('--interval <seconds>', 'between two looks', seconds, 30)
    .option('--debounce <seconds>', 'without news that a retraining waits for', seconds, 30)
    .option('--listen <port>', 'also take POST /new-data, on this host alone', portNumber)
    .option('--token-env <name>', 'variable with the token that callers of --listen must show')
    .option('--workspace <path>', "the project's folder as the workers of a remote server see it")
    .option('--json', 'print one JSON object per event');
  withGitOptions(command, {
    branch: 'branch that says which model is in production, and gets what is promoted',
    asOf: false,
    conflicts: ['workspace'],
  });
  withTaskQueueOption(command);
  return withConnectionOptions(command).action(async (places: string[], options: Options) => {
    const place = gitPlaceOf(options, command, true);
    if (places.length === 0 && options.listen === undefined)
      command.error('error: name a place to watch, or a port to listen on with --listen');
    const { watchData } = await import('../watch/watch-data.js');
    await watchData({
      cwd: process.cwd(),
      places,
      interval: options.interval * 1000,
      debounce: options.debounce,
      port: options.listen,
      tokenEnv: options.tokenEnv,
      workspace: options.workspace,
      place,
      connection: options,
      ...(await taskQueueOf(options)),
      json: options.json ?? false,
    });
  });
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value <= 86_400))
    throw new InvalidArgumentError('It must be a number of seconds, up to a day.');
  return value;
}

function portNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('It must be a port, 0 to 65535.');
  return value;
}
