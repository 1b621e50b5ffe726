import { Command, InvalidArgumentError, Option } from 'commander';
import type { GitPlace } from '../../runs/git-place.js';
import { withConnectionOptions } from '../connection-options.js';
import { gitPlaceOf, withGitOptions, type GitOptions } from '../git-options.js';
import { taskQueueOf, withTaskQueueOption, type TaskQueueOptions } from '../task-queue-option.js';
import { onProject, type CommonOptions } from './on-project.js';
import { overlapOption, overlapPolicy, type Overlap } from './overlap.js';

interface Options extends CommonOptions, GitOptions, TaskQueueOptions {
  cron?: string[];
  interval?: string[];
  calendar?: string[];
  timezone?: string;
  jitter?: string;
  from?: string;
  until?: string;
  overlap: Overlap;
  catchupWindow: string;
  pauseOnFailure?: true;
  paused?: true;
  note?: string;
  workflow: 'retrain' | 'reproduce';
  input?: Readonly<Record<string, unknown>>;
  workspace?: string;
}

/** `reprise schedule create` */
export function createCommand(): Command {
  const collect = (value: string, before: string[] = []): string[] => [...before, value];
  const command = new Command('create')
    .description('retrain at times: --cron "0 3 * * *", --interval 6h, --calendar "dayOfWeek=MONDAY hour=3"')
    .argument('[id]', "name of the schedule; default: the project's")
    .option(
      '--cron <expression>',
      'minute, hour, day of month, month, day of week; may be given again',
      collect,
    )
    .option('--interval <duration>', '6h; 1d/3h is three hours after each midnight UTC', collect)
    .option(
      '--calendar <parts>',
      'NAME=VALUE of second, minute, hour, dayOfMonth, month, year, dayOfWeek',
      collect,
    )
    .option('--timezone <name>', 'of --cron and --calendar; default: UTC')
    .option('--jitter <duration>', 'fire up to so much later, at random')
    .option('--from <time>', 'not before')
    .option('--until <time>', 'not after')
    .addOption(overlapOption().default('skip'))
    .option('--catchup-window <duration>', 'how late a missed time may be made up for', '1d')
    .option('--pause-on-failure', 'pause when a run fails')
    .option('--paused', 'begin paused')
    .option('--note <text>', 'shown with it')
    .addOption(
      new Option('--workflow <type>', 'what to run').choices(['retrain', 'reproduce']).default('retrain'),
    )
    .option('--input <json>', "the workflow's input; default: {}", jsonObject)
    .option('--workspace <path>', "the project's folder as the workers of a remote server see it")
    .option('--json', 'print one JSON object per event');
  withGitOptions(command, {
    branch: 'branch that gets results; for retrain: that says which model is in production, too',
    conflicts: ['workspace'],
  });
  withTaskQueueOption(command);
  return withConnectionOptions(command).action(async (id: string | undefined, options: Options) => {
    const { milliseconds, scheduleSpec } = await import('../../schedules/spec.js');
    const { checkedInput } = await import('../../schedules/checked-input.js');
    const { createSchedule } = await import('../../schedules/schedules.js');
    const { say } = await import('../../retrain/say.js');
    const { workflow, input = {}, overlap } = options;
    const spec = scheduleSpec(options);
    const catchupWindow = milliseconds(options.catchupWindow, '--catchup-window');
    const place = gitPlaceOf(options, command, workflow === 'retrain');
    checkedInput(workflow, place ? { workspace: { kind: 'git', ...place }, ...input } : input);
    const queue = await taskQueueOf(options);
    await onProject(
      options,
      async (schedules, { runId, workspace, session, root }) => {
        const isHere = options.workspace === undefined && !place;
        const name = id ?? `${runId}-${workflow}`;
        await createSchedule(schedules, {
          id: name,
          workflowId: name,
          workflow,
          ...queue,
          input: {
            workspace: isHere ? { kind: 'path', path: root } : workspace,
            ...input,
          },
          spec,
          overlap: overlapPolicy(overlap),
          catchupWindow,
          pauseOnFailure: options.pauseOnFailure ?? false,
          paused: options.paused ?? false,
          note: options.note,
        });
        const embedded = session.server !== undefined;
        say(options.json ?? false, { event: 'schedule', state: 'created', id: name, workflow, embedded }, [
          `created ${name}`,
          ...(embedded
            ? [
                "  it fires while this project's server runs: keep `reprise worker` running;",
                `  what it misses is made up for at the next start, up to ${options.catchupWindow} later`,
              ]
            : [`  its runs need a worker: ${workerFor(queue.taskQueue, place)}`]),
        ]);
      },
      { workspace: options.workspace, place },
    );
  });
}

function workerFor(taskQueue: string | undefined, place: GitPlace | undefined): string {
  if (taskQueue !== undefined) return `one that polls ${taskQueue}`;
  return `reprise worker${place ? ` --git ${place.url}` : ''}`;
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw new InvalidArgumentError('It must be a JSON object, such as {"targets":["train"]}.');
}
