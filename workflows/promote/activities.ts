import { proxyActivities } from '@temporalio/workflow';
import type { RetrainActivities } from '../retrain/types.js';
import { WORKFLOW_QUEUE, stageQueue } from '../types.js';

/** Short activities, on the workflow's own queue. What cannot be mended by trying again says so itself. */
export const short = proxyActivities<Omit<RetrainActivities, 'predict' | 'notify'>>({
  taskQueue: WORKFLOW_QUEUE,
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});

/** A model that answers all test rows takes its time, and a stage's slot. */
export const { predict } = proxyActivities<Pick<RetrainActivities, 'predict'>>({
  taskQueue: stageQueue([]),
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});

/** A channel that does not answer is tried for a while, and then given up: nothing waits for it but the record of it. */
export const { notify } = proxyActivities<Pick<RetrainActivities, 'notify'>>({
  taskQueue: WORKFLOW_QUEUE,
  startToCloseTimeout: '1 minute',
  scheduleToCloseTimeout: '15 minutes',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});
