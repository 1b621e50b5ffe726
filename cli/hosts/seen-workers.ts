import proto from '@temporalio/proto';
import type { Client } from '@temporalio/client';
import { ANNOUNCE_QUEUE, WORKFLOW_QUEUE, announcedQueue } from '../../workflows/index.js';

/** A worker as its polls show it to the server. */
export interface SeenWorker {
  readonly identity: string;
  /** Where a workflow that asks it can run: `reprise`, or an application's own. */
  readonly taskQueue: string;
  readonly lastSeen: Date;
  readonly buildId?: string;
  /** Absent: it is not versioned. */
  readonly deployment?: string;
}

const { TASK_QUEUE_TYPE_ACTIVITY, TASK_QUEUE_TYPE_WORKFLOW } = proto.temporal.api.enums.v1.TaskQueueType;
const { WorkerVersioningMode } = proto.temporal.api.enums.v1;

/**
 * Who polls the queue of the workflows, which each `reprise worker` does, or the one by which workers of applications say that they
 * are there. The server remembers them for five minutes.
 */
export async function seenWorkers(client: Client): Promise<readonly SeenWorker[]> {
  const [ours, announced] = await Promise.all([
    pollersOf(client, WORKFLOW_QUEUE, TASK_QUEUE_TYPE_WORKFLOW),
    pollersOf(client, ANNOUNCE_QUEUE, TASK_QUEUE_TYPE_ACTIVITY),
  ]);
  return [
    ...ours.map((worker) => ({ ...worker, taskQueue: WORKFLOW_QUEUE })),
    ...announced.flatMap((worker) => {
      const taskQueue = announcedQueue(worker.identity);
      return taskQueue === undefined ? [] : [{ ...worker, taskQueue }];
    }),
  ];
}

async function pollersOf(
  client: Client,
  name: string,
  taskQueueType: typeof TASK_QUEUE_TYPE_ACTIVITY | typeof TASK_QUEUE_TYPE_WORKFLOW,
): Promise<readonly Omit<SeenWorker, 'taskQueue'>[]> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name },
    taskQueueType,
  });
  const newest = new Map<string, Omit<SeenWorker, 'taskQueue'>>();
  for (const { identity, lastAccessTime, deploymentOptions } of pollers ?? []) {
    const lastSeen = new Date(Number(lastAccessTime?.seconds ?? 0) * 1000);
    if (!identity || (newest.get(identity)?.lastSeen ?? 0) > lastSeen) continue;
    const { buildId, deploymentName, workerVersioningMode } = deploymentOptions ?? {};
    const versioned = workerVersioningMode === WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED;
    newest.set(identity, {
      identity,
      lastSeen,
      ...(buildId ? { buildId } : {}),
      ...(versioned && deploymentName ? { deployment: deploymentName } : {}),
    });
  }
  return [...newest.values()].sort((a, b) => a.identity.localeCompare(b.identity));
}
