import { Command, InvalidArgumentError } from 'commander';
import type { SweepPlace } from '../sweeps/record-places.js';
import type { SweepFlags } from '../sweeps/sweep-input.js';
import { withConnectionOptions, type ConnectionOptions } from './connection-options.js';
import { gitPlaceOf, withGitOptions, type GitOptions } from './git-options.js';
import { taskQueueOf, withTaskQueueOption, type TaskQueueOptions } from './task-queue-option.js';

interface RunOptions extends SweepFlags, ConnectionOptions, GitOptions, TaskQueueOptions {
  detach?: true;
  workspace?: string;
  json?: true;
}

/** As for `reprise repro`: on a server that only this project knows, a worker that is not there after minutes will hardly come. */
const EMBEDDED_LABEL_TIMEOUT = 300;

/** `reprise sweep`: tries params, each set in a copy of the project. */
export function sweepCommand(): Command {
  return new Command('sweep')
    .description(
      'try params of a pipeline, each set in a copy of the project, and keep the results as DVC experiments',
    )
    .addCommand(runCommand())
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(applyCommand())
    .addCommand(cancelCommand());
}

function runCommand(): Command {
  const command = new Command('run')
    .description('run a sweep; one that was left or killed is taken up again by the same command')
    .argument('[targets...]', 'what each trial brings up to date, as for `reprise repro`')
    .option('-f, --file <sweep.yaml>', 'what the options below say, as a file; options go over it')
    .option(
      '--param <name=values>',
      'a,b,c or 4..16 or 0.1..0.5 or log:1e-5..1e-3; name is key or file.yaml:key; may be repeated',
      (value: string, before: string[] = []) => [...before, value],
    )
    .option('--metric <file:key>', 'what trials are compared by, such as metrics.json:test.accuracy')
    .option('--direction <direction>', 'maximize or minimize (default: maximize)')
    .option('--method <method>', 'grid, random or asha (default: grid)')
    .option('--max-trials <n>', 'sets of params to try (default: all of a grid, else 10)', whole)
    .option('--seed <n>', 'of what is drawn at random (default: 0)', whole)
    .option('-j, --jobs <n>', 'trials that run at once (default: 1)', whole)
    .option('--budget-hours <h>', 'end after so long, with the trials that run', hours)
    .option('--budget-gpu-hours <h>', 'begin no trial after so many hours of GPUs', hours)
    .option('--resource <name=min..max>', 'asha: the param that says how long a trial trains, and its bounds')
    .option('--eta <n>', 'asha: one trial in so many is promoted (default: 3)', whole)
    .option(
      '--report <metric[:direction]>',
      'asha: stop each trial at its rung, compare what it reported there, and go on from its checkpoint (direction: minimize)',
    )
    .option(
      '--early-stop <metric[:direction]>',
      'stop a trial whose reported metric is worse than the median of the others (direction: minimize)',
    )
    .option('--apply-best', 'put what the best trial made into the workspace')
    .option('--name <name>', 'names the sweep and its experiments')
    .option('--cpu-fallback', 'run a labelled stage on the CPU when no worker serves its labels')
    .option('--label-timeout <seconds>', 'fail a stage whose labels no worker serves for so long', hours)
    .option('--detach', 'only start it, on a remote server')
    .option('--workspace <path>', "the project's folder as the workers of a remote server see it")
    .option('--json', 'print one JSON object per event');
  withGitOptions(command, { conflicts: ['workspace', 'applyBest'] });
  return withConnectionOptions(withTaskQueueOption(command)).action(run);
}

async function run(targets: string[], options: RunOptions, command: Command): Promise<void> {
  const { DiagnosticError } = await import('../../diagnostics/index.js');
  const { resolveTarget } = await import('../connection/target.js');
  const { readSweepInput } = await import('../sweeps/sweep-input.js');
  const { sweepRenderer } = await import('../sweeps/renderer.js');
  const { runSweep } = await import('../sweeps/run-sweep.js');
  const place = gitPlaceOf(options, command);
  const { address, namespace, profile, taskQueue: _, detach, workspace, json, ...flags } = options;
  const connection = {
    ...(address === undefined ? {} : { address }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(profile === undefined ? {} : { profile }),
  };
  const embedded = resolveTarget(connection).kind === 'embedded';
  const queue = await taskQueueOf(options);
  if (detach && embedded) {
    throw new DiagnosticError('detach-needs-server', {
      message: "a sweep on the project's own server ends its work when no command serves it",
      fix: 'leave --detach out, or name a server with TEMPORAL_ADDRESS',
    });
  }
  const input = readSweepInput(
    { ...(embedded ? { labelTimeout: EMBEDDED_LABEL_TIMEOUT } : {}), ...flags },
    targets,
  );
  const renderer = sweepRenderer({ json: json ?? false });
  try {
    await runSweep({
      cwd: process.cwd(),
      input,
      connection,
      ...queue,
      ...(workspace === undefined ? {} : { workspace }),
      place,
      detach: detach ?? false,
      summary: `reprise ${process.argv.slice(process.argv.indexOf('sweep')).join(' ')}`,
      renderer,
    });
  } finally {
    renderer.close();
  }
}

function listCommand(): Command {
  return new Command('list')
    .description("the project's sweeps, the newest first")
    .option('--git <url>', 'of a git repository, of which nothing need be here')
    .option('--json', 'print JSON')
    .action(async (options: RecordOptions) => {
      const { listSweeps } = await import('../sweeps/records.js');
      await listSweeps(placeOf(options), options.json ?? false);
    });
}

function showCommand(): Command {
  return new Command('show')
    .description('the trials of a sweep')
    .argument('[id]', 'default: the newest')
    .option('--git <url>', 'of a git repository, of which nothing need be here')
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, options: RecordOptions) => {
      const { showSweep } = await import('../sweeps/records.js');
      await showSweep(placeOf(options), id, options.json ?? false);
    });
}

interface RecordOptions {
  git?: string;
  json?: true;
}

function placeOf({ git }: RecordOptions): SweepPlace {
  return git === undefined ? { cwd: process.cwd() } : { git };
}

function applyCommand(): Command {
  return new Command('apply')
    .description('make the workspace what a trial made: params, dvc.lock and outs')
    .argument('[id]', 'the sweep; default: the newest')
    .argument('[trial]', 'default: the best')
    .option('--force', 'replace what changed since the sweep began, and outs that are in no cache')
    .option('--json', 'print JSON')
    .action(
      async (id: string | undefined, trial: string | undefined, options: { force?: true; json?: true }) => {
        const { applySweep } = await import('../sweeps/records.js');
        await applySweep(process.cwd(), id, trial, {
          force: options.force ?? false,
          json: options.json ?? false,
        });
      },
    );
}

function cancelCommand(): Command {
  const command = new Command('cancel')
    .description("end the project's open sweep; what its trials made so far is kept")
    .option('--json', 'print one JSON object per event');
  return withConnectionOptions(command).action(async (options: ConnectionOptions & { json?: true }) => {
    const { cancelSweep } = await import('../sweeps/cancel-sweep.js');
    const { sweepRenderer } = await import('../sweeps/renderer.js');
    const renderer = sweepRenderer({ json: options.json ?? false });
    try {
      await cancelSweep(process.cwd(), options, renderer);
    } finally {
      renderer.close();
    }
  });
}

function whole(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('It must be a whole number.');
  return value;
}

function hours(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0)) throw new InvalidArgumentError('It must be a number from 0.');
  return value;
}
