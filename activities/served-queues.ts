// CommonJS: Node finds none of its names.
import proto from '@temporalio/proto';
import type { ActivityDependencies } from './dependencies.js';

/** A worker's long poll returns within a minute; one that has not asked again for this long is gone. */
const SILENT_MS = 90_000;

/** Which of `queues` have a worker that polls them for activities. */
export async function servedQueues(deps: ActivityDependencies, queues: readonly string[]): Promise<string[]> {
  const { client } = deps;
  const served = await Promise.all(
    queues.map(async (name) => {
      const { pollers } = await client.workflowService.describeTaskQueue({
        namespace: client.options.namespace,
        taskQueue: { name },
        taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
      });
      return (pollers ?? []).some(
        (poller) => Date.now() - Number(poller.lastAccessTime?.seconds ?? 0) * 1000 < SILENT_MS,
      );
    }),
  );
  return queues.filter((_, i) => served[i]);
}
