import { Command } from 'commander';
import type { ScheduleHandle } from '@temporalio/client';
import { withConnectionOptions } from '../connection-options.js';
import { onProject, scheduleIdOf, type CommonOptions } from './on-project.js';
import { overlapOption, overlapPolicy, type Overlap } from './overlap.js';

interface Options extends CommonOptions {
  from: string;
  to: string;
  overlap: Overlap;
}

/** `reprise schedule backfill` */
export function backfillCommand(): Command {
  const command = new Command('backfill')
    .description('fire for the times of a span that is over')
    .argument('[id]', "name of the schedule; default: the project's")
    .requiredOption('--from <time>', 'begin of the span: 2026-01-31T03:00:00Z')
    .requiredOption('--to <time>', 'end of the span')
    .addOption(overlapOption().default('buffer-all'))
    .option('--json', 'print one JSON object per event');
  return withConnectionOptions(command).action(async (id: string | undefined, options: Options) => {
    const { bad, moment } = await import('../../schedules/spec.js');
    const { onSchedule } = await import('../../schedules/schedules.js');
    const { say } = await import('../../retrain/say.js');
    const start = moment(options.from, '--from');
    const end = moment(options.to, '--to');
    if (start >= end) throw bad('the span ends before it begins', 'give --from an earlier time than --to');
    const backfill = async (handle: ScheduleHandle): Promise<void> => {
      await handle.backfill({ start, end, overlap: overlapPolicy(options.overlap) });
      const event = { event: 'schedule', state: 'backfilled', id: handle.scheduleId, from: start, to: end };
      say(options.json ?? false, event, [`fires for ${start.toISOString()} to ${end.toISOString()}`]);
    };
    await onProject(
      options,
      (schedules, served) => onSchedule(schedules, scheduleIdOf(served, id), backfill),
      { anywhere: id !== undefined },
    );
  });
}
