import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import { summaryOf } from '../summary.js';
import type { PlannedStage, ReproduceActivities, ReproduceOptions } from '../types.js';

/** Between attempts at what a lost host or a server that is away broke off: when it is back, the run is soon going on. */
const SOON = '10 seconds';

/** Short activities, on the workflow's own queue. What cannot be mended by trying again says so itself. */
export const short = proxyActivities<Omit<ReproduceActivities, 'runStage'>>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: SOON },
});

/**
 * One execution of a stage on a queue. Temporal retries what the infrastructure does to it (a lost host, a drained worker,
 * exit 75), without end; what the command itself does wrong comes back as a failure, and the workflow decides.
 */
export function stageActivities(
  stage: PlannedStage,
  options: ReproduceOptions,
  queue: string,
  summary: string,
  waitForWorker: number,
): Pick<ReproduceActivities, 'runStage'> {
  return proxyActivities<Pick<ReproduceActivities, 'runStage'>>({
    taskQueue: queue,
    // The activity itself ends a command that overruns: Temporal would make the attempt again. This is for one that hangs.
    startToCloseTimeout: `${stage.timeout + 3600} seconds`,
    heartbeatTimeout: `${stage.heartbeat ?? options.heartbeat} seconds`,
    ...(waitForWorker > 0 ? { scheduleToStartTimeout: `${waitForWorker} seconds` } : {}),
    retry: {
      initialInterval: '1 second',
      backoffCoefficient: 2,
      maximumInterval: SOON,
      // The server's name for a start-to-close timeout: what hung once for so long is not to hang without end.
      nonRetryableErrorTypes: ['TemporalTimeout:StartToClose'],
    },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    priority: { priorityKey: stage.priority, ...stage.fairness },
    summary: summaryOf(summary),
  });
}
