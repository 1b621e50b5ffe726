import { Command, InvalidArgumentError, Option } from 'commander';
import type { RetrainInput } from '../../workflows/index.js';
import { withConnectionOptions, type ConnectionOptions } from './connection-options.js';
import { gitPlaceOf, withGitOptions, type GitOptions } from './git-options.js';
import { taskQueueOf, withTaskQueueOption, type TaskQueueOptions } from './task-queue-option.js';

interface Options extends ConnectionOptions, GitOptions, TaskQueueOptions {
  ingest?: string[] | false;
  approval?: 'auto' | 'always' | 'never';
  metric?: 'macro_f1' | 'accuracy';
  minGain?: number;
  jobs?: number;
  cpuFallback?: true;
  workspace?: string;
  json?: true;
}

/** `reprise retrain`: fetches new data, trains what it changes, and decides about the result. */
export function retrainCommand(): Command {
  const command = new Command('retrain')
    .description(
      'fetch new data, train what it changes, and put the result into production when it is good enough',
    )
    .argument('[targets...]', 'as of `reprise repro`')
    .option(
      '--ingest <stages>',
      'stages that fetch data, separated by commas; default: those without deps',
      list,
    )
    .option('--no-ingest', 'fetch nothing: judge what the files give now')
    .addOption(new Option('--approval <who>', 'who decides').choices(['auto', 'always', 'never']))
    .addOption(new Option('--metric <name>', 'what decides').choices(['macro_f1', 'accuracy']))
    .option('--min-gain <x>', 'how much better the new model must be', number)
    .option('-j, --jobs <n>', 'run at most so many stages at once', number)
    .option('--cpu-fallback', 'run a labelled stage on the CPU when no worker serves its labels')
    .option('--workspace <path>', "the project's folder as the workers of a remote server see it")
    .option('--json', 'print one JSON object per event');
  withGitOptions(command, {
    branch: 'branch that says which model is in production, and gets what is promoted',
    conflicts: ['workspace'],
  });
  withTaskQueueOption(command);
  return withConnectionOptions(command).action(async (targets: string[], options: Options) => {
    const place = gitPlaceOf(options, command, true);
    const { runRetrain } = await import('../retrain/run-retrain.js');
    await runRetrain({
      cwd: process.cwd(),
      input: inputOf(targets, options),
      connection: options,
      ...(await taskQueueOf(options)),
      workspace: options.workspace,
      place,
      json: options.json ?? false,
    });
  });
}

function inputOf(targets: string[], options: Options): RetrainInput {
  const { ingest, approval, metric, minGain, jobs, cpuFallback } = options;
  return {
    ...(targets.length === 0 ? {} : { targets }),
    // `--no-ingest` sets false; without either option commander sets true.
    ...(ingest === false ? { ingest: [] } : Array.isArray(ingest) ? { ingest } : {}),
    ...(approval === undefined ? {} : { approval }),
    ...(metric === undefined ? {} : { metric }),
    ...(minGain === undefined ? {} : { minGain }),
    ...(jobs === undefined ? {} : { jobs }),
    ...(cpuFallback === undefined ? {} : { cpuFallback }),
  };
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0)) throw new InvalidArgumentError('It must be a number from 0.');
  return value;
}
