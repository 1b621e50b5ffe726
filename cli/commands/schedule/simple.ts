import { Command } from 'commander';
import type { ScheduleClient, ScheduleHandle } from '@temporalio/client';
import { withConnectionOptions } from '../connection-options.js';
import { onProject, scheduleIdOf, type CommonOptions } from './on-project.js';

/** `reprise schedule list` */
export function listCommand(): Command {
  const command = new Command('list')
    .description('the schedules of this server, with when they fire next')
    .option('--json', 'print one JSON object per event');
  return withConnectionOptions(command).action(async (options: CommonOptions) => {
    const { lineOf, shown } = await import('../../schedules/describe.js');
    const { say } = await import('../../retrain/say.js');
    const list = async (schedules: ScheduleClient): Promise<void> => {
      const found = [];
      for await (const summary of schedules.list()) found.push(shown(summary));
      say(
        options.json ?? false,
        { event: 'schedules', schedules: found },
        found.length > 0 ? found.map(lineOf) : ['none'],
      );
    };
    await onProject(options, list, { anywhere: true });
  });
}

/** `reprise schedule show` */
export function showCommand(): Command {
  return onOne(
    'show',
    'one schedule: its policies, its next and its last times',
    async (handle, { json }) => {
      const { details } = await import('../../schedules/describe.js');
      const found = details(await handle.describe());
      const { say } = await import('../../retrain/say.js');
      say(json ?? false, { event: 'schedule', ...found }, [JSON.stringify(found, undefined, 2)]);
    },
  );
}

/** `reprise schedule trigger` */
export function triggerCommand(): Command {
  return onOne(
    'trigger',
    'fire now',
    changing('triggered', (handle) => handle.trigger()),
  );
}

/** `reprise schedule pause` */
export function pauseCommand(): Command {
  const pause = changing('paused', (handle, { note }) => handle.pause(note));
  return onOne('pause', 'fire no more, until it is unpaused', pause).option('--note <text>', 'why');
}

/** `reprise schedule unpause` */
export function unpauseCommand(): Command {
  const unpause = changing('unpaused', (handle, { note }) => handle.unpause(note));
  return onOne('unpause', 'fire again', unpause).option('--note <text>', 'why');
}

/** `reprise schedule delete` */
export function deleteCommand(): Command {
  return onOne(
    'delete',
    'remove it; runs that it has started go on',
    changing('deleted', (handle) => handle.delete()),
  );
}

interface OneOptions extends CommonOptions {
  note?: string;
}

type Act = (handle: ScheduleHandle, options: OneOptions) => Promise<void>;

/** A command about one schedule: the named one, or the project's. */
function onOne(name: string, description: string, act: Act): Command {
  const command = new Command(name)
    .description(description)
    .argument('[id]', "name of the schedule; default: the project's")
    .option('--json', 'print one JSON object per event');
  return withConnectionOptions(command).action(async (id: string | undefined, options: OneOptions) => {
    const { onSchedule } = await import('../../schedules/schedules.js');
    await onProject(
      options,
      (schedules, served) =>
        onSchedule(schedules, scheduleIdOf(served, id), (handle) => act(handle, options)),
      { anywhere: id !== undefined },
    );
  });
}

function changing(
  state: string,
  change: (handle: ScheduleHandle, options: OneOptions) => Promise<void>,
): Act {
  return async (handle, options) => {
    await change(handle, options);
    const { say } = await import('../../retrain/say.js');
    const id = handle.scheduleId;
    say(options.json ?? false, { event: 'schedule', state, id }, [`${state} ${id}`]);
  };
}
