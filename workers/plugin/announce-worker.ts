import { Worker } from '@temporalio/worker';
import { createDescribeActivities } from '../../activities/index.js';
import { ANNOUNCE_QUEUE, describeQueue, type WorkerDescription } from '../../workflows/index.js';
import type { SharedOptions } from './log-worker.js';

/**
 * Lets `reprise workers` find a worker whose queue it does not know, and ask it: one is only there to be seen, the other answers.
 *
 * @param name as `announcedAs` has it
 */
export async function createAnnouncingWorkers(
  { connection, namespace, dataConverter }: SharedOptions,
  name: string,
  describe: () => Promise<WorkerDescription>,
): Promise<readonly Worker[]> {
  return await Promise.all(
    [ANNOUNCE_QUEUE, describeQueue(name)].map((taskQueue) =>
      Worker.create({
        ...(connection ? { connection } : {}),
        ...(namespace === undefined ? {} : { namespace }),
        ...(dataConverter ? { dataConverter } : {}),
        identity: name,
        taskQueue,
        activities: createDescribeActivities(describe),
        maxConcurrentActivityTaskExecutions: 1,
        activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 1 },
      }),
    ),
  );
}
