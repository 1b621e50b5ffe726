import proto from '@temporalio/proto';
import type { Client } from '@temporalio/client';
import { WORKFLOW_QUEUE } from '../../workflows/index.js';

/** A worker as its polls show it to the server. */
export interface SeenWorker {
  readonly identity: string;
  readonly lastSeen: Date;
  readonly buildId?: string;
  /** Absent: it is not versioned. */
  readonly deployment?: string;
}

const { TaskQueueType } = proto.temporal.api.enums.v1;
const { WorkerVersioningMode } = proto.temporal.api.enums.v1;

/** Who polls the queue of the workflows, which all workers do. The server remembers them for five minutes. */
export async function seenWorkers(client: Client): Promise<readonly SeenWorker[]> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: WORKFLOW_QUEUE },
    taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  const newest = new Map<string, SeenWorker>();
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
