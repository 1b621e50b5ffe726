import { proxyActivities } from '@temporalio/workflow';
import type { RetrainActivities } from '../retrain/types.js';
import { stageQueue } from '../types.js';

/** Short activities, on the workflow's own queue. What cannot be mended by trying again says so itself. */
export const short = proxyActivities<Omit<RetrainActivities, 'predict' | 'notify'>>({
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});

/**
 * A model that answers all test rows takes its time, and a stage's slot.
 *
 * @param queue where the plan has its stages without labels run
 */
export function predictOn(queue = stageQueue([])): RetrainActivities['predict'] {
  return proxyActivities<Pick<RetrainActivities, 'predict'>>({
    taskQueue: queue,
    startToCloseTimeout: '1 day',
    heartbeatTimeout: '30 seconds',
    retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
  }).predict;
}

/** A channel that does not answer is tried for a while, and then given up: nothing waits for it but the record of it. */
export const { notify } = proxyActivities<Pick<RetrainActivities, 'notify'>>({
  startToCloseTimeout: '1 minute',
  scheduleToCloseTimeout: '15 minutes',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});
