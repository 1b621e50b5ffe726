import { Command, InvalidArgumentError, Option } from 'commander';
import { withConnectionOptions, type ConnectionOptions } from './connection-options.js';
import { gitPlaceOf, withGitOptions, type GitOptions } from './git-options.js';
import { taskQueueOf, withTaskQueueOption, type TaskQueueOptions } from './task-queue-option.js';

interface Options extends ConnectionOptions, GitOptions, TaskQueueOptions {
  force?: true;
  interactive?: true;
  forceDownstream?: true;
  allowMissing?: true;
  pull?: true;
  runCache: boolean;
  commit: boolean;
  singleItem?: true;
  downstream?: true;
  dry?: true;
  keepGoing?: true;
  ignoreErrors?: true;
  jobs?: number;
  json?: true;
  detach?: true;
  cpuFallback?: true;
  labelTimeout?: number;
  pipeline?: true;
  allPipelines?: true;
  glob?: true;
  recursive?: true;
  wait?: true;
  workspace?: string;
}

/** On a server that only this project knows, a worker that is not there after minutes will hardly come: seconds. */
const EMBEDDED_LABEL_TIMEOUT = 300;

/** `reprise repro`: brings a pipeline up to date, durably. Its flags are those of `dvc repro` where it has them. */
export function reproCommand(): Command {
  const command = new Command('repro')
    .description(
      'run the stages of a DVC pipeline that are not up to date; a run that was killed is taken up again',
    )
    .argument('[targets...]', 'stages, .dvc files, dvc.yaml files or outs; default: all of the dvc.yaml here')
    .option('-f, --force', 'run although nothing changed')
    .option('--force-downstream', 'run also what comes after a stage that ran, whatever came out')
    .addOption(
      new Option('-i, --interactive', 'ask before each stage that is not up to date').conflicts([
        'detach',
        'dry',
        'git',
        'json',
      ]),
    )
    .option('-s, --single-item', 'only the targets, not what they depend on')
    .option('--downstream', 'the targets and what depends on them')
    .option('-p, --pipeline', 'the whole pipelines that the targets belong to')
    .option('-P, --all-pipelines', 'all pipelines of the project')
    .option('-R, --recursive', 'all stages in the folders that are targets')
    .option('--glob', 'targets are patterns')
    .option('--pull', 'bring missing data from the remote in place of making it anew')
    .option('--allow-missing', 'take missing data for unchanged')
    .option('--no-run-cache', 'do not bring back the outs of an earlier run on the same inputs')
    .option('--no-commit', 'leave the outs out of the cache')
    .option('--dry', 'only say what would run, and why')
    .option('-k, --keep-going', 'go on with what does not depend on a failed stage')
    .option('--ignore-errors', 'go on also with what depends on a failed stage, and end with success')
    .option('-j, --jobs <n>', 'run at most so many stages at once', positiveInteger)
    .option('--cpu-fallback', 'run a labelled stage on the CPU when no worker serves its labels')
    .option(
      '--label-timeout <seconds>',
      'fail a stage whose labels no worker serves for so long; 0 waits without end ' +
        `(default: ${EMBEDDED_LABEL_TIMEOUT} on the project's own server, else 0)`,
      seconds,
    )
    .option('--detach', 'leave the run to itself once it has begun')
    .option('--wait', 'wait for another run of this project to end')
    .option('--workspace <path>', "the project's folder as the workers of a remote server see it")
    .option('--json', 'print one JSON object per event');
  withGitOptions(command, {
    branch: "branch that gets the results; default: one of the run's own",
    conflicts: ['workspace', 'dry', 'pull', 'allowMissing'],
  });
  return withConnectionOptions(withTaskQueueOption(command)).action(run);
}

async function run(targets: string[], options: Options, command: Command): Promise<void> {
  const { createRenderer } = await import('../display/index.js');
  const { resolveTarget } = await import('../connection/target.js');
  const cwd = process.cwd();
  const args = process.argv.slice(process.argv.indexOf(command.name()));
  const renderer = createRenderer({ json: options.json ?? false });
  const repro = {
    cwd,
    input: inputOf(targets, options, resolveTarget(options).kind === 'embedded' ? EMBEDDED_LABEL_TIMEOUT : 0),
    connection: options,
    ...(await taskQueueOf(options)),
    ...(options.workspace === undefined ? {} : { workspace: options.workspace }),
    wait: options.wait ?? false,
    summary: `reprise ${args.join(' ')}`,
    renderer,
  };
  try {
    const place = gitPlaceOf(options, command);
    if (place)
      await (
        await import('../runs/repro-git.js')
      ).reproGit({ ...repro, place, detach: options.detach ?? false });
    else if (options.interactive) await (await import('../runs/interactive.js')).reproInteractively(repro);
    else if (options.dry) await (await import('../runs/dry-run.js')).dryRun(repro);
    else if (!options.detach) await (await import('../runs/repro.js')).repro(repro);
    else if (resolveTarget(options).kind === 'remote')
      await (await import('../runs/start-only.js')).startOnly(repro);
    else {
      const kept = args.filter((arg) => arg !== '--detach' && arg !== '--json');
      await (await import('../runs/detach.js')).detach({ cwd, args: kept, renderer });
    }
  } finally {
    renderer.close();
  }
}

function inputOf(targets: string[], options: Options, defaultLabelTimeout: number) {
  const labelTimeout = options.labelTimeout ?? defaultLabelTimeout;
  const { force, forceDownstream, allowMissing, pull, runCache, commit } = options;
  const { singleItem, downstream, pipeline, allPipelines, recursive, glob } = options;
  const { keepGoing, ignoreErrors, cpuFallback } = options;
  const flags = {
    force,
    forceDownstream,
    allowMissing,
    pull,
    singleItem,
    downstream,
    pipeline,
    allPipelines,
    recursive,
    glob,
    keepGoing,
    ignoreErrors,
    cpuFallback,
  };
  // Fields that have their default are left out, so that a person who looks at the input sees what was asked for.
  return {
    targets,
    ...Object.fromEntries(Object.entries(flags).filter(([, on]) => on)),
    ...(runCache ? {} : { runCache }),
    ...(commit ? {} : { commit }),
    ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    ...(labelTimeout === 0 ? {} : { labelTimeout }),
  };
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0)) throw new InvalidArgumentError('It must be a number of seconds.');
  return value;
}
