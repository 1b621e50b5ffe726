import { proxyActivities } from '@temporalio/workflow';
import type { SweepActivities } from './types.js';

/** Short activities, on the workflow's own queue. What cannot be mended by trying again says so itself. */
export const activities = proxyActivities<SweepActivities>({
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});
