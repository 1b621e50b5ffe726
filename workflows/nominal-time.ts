import { workflowInfo } from '@temporalio/workflow';
import { invalid } from './parse-input.js';

/** Temporal's, on each run that a schedule starts: the time that it stands for. A backfill's lies in the past. */
const SCHEDULED_TIME = 'TemporalScheduledStartTime';

/**
 * A workspace whose `asOf` is a time, also where the input says `schedule`.
 *
 * @throws ApplicationFailure `InvalidInput` where no schedule started the run
 */
export function withNominalTime<W extends { readonly kind: string; readonly asOf?: string | undefined }>(
  workspace: W,
): W {
  if (workspace.asOf !== 'schedule') return workspace;
  const [time] = workflowInfo().searchAttributes[SCHEDULED_TIME] ?? [];
  if (time === undefined)
    throw invalid(
      'workspace.asOf',
      'no schedule started this run: name a time, such as 2026-01-31T03:00:00Z',
    );
  return { ...workspace, asOf: new Date(time as Date | string | number).toISOString() };
}
