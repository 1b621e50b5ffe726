import { Worker, type WorkerOptions } from '@temporalio/worker';
import { createHostActivities } from '../../activities/index.js';
import { logQueue } from '../../workflows/index.js';

/** Readers of logs that are served at once, each for as long as it waits. */
const LOG_READERS = 20;

/** What a worker of somebody else's was made with that ours beside it needs. */
export type SharedOptions = Pick<WorkerOptions, 'connection' | 'namespace' | 'dataConverter' | 'identity'>;

/** The queue by which other hosts read what this one's stages printed, beside the stages' slots: a host that is busy still answers. */
export async function createLogWorker(
  { connection, namespace, dataConverter, identity }: SharedOptions,
  { root, hostId }: { readonly root: string; readonly hostId: string },
): Promise<Worker> {
  return await Worker.create({
    ...(connection ? { connection } : {}),
    ...(namespace === undefined ? {} : { namespace }),
    ...(dataConverter ? { dataConverter } : {}),
    ...(identity === undefined ? {} : { identity }),
    taskQueue: logQueue(hostId),
    activities: createHostActivities({ root }),
    maxConcurrentActivityTaskExecutions: LOG_READERS,
    activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 1 },
  });
}
