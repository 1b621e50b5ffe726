import type { Client } from '@temporalio/client';
// CommonJS: Node finds none of its names.
import proto from '@temporalio/proto';

/** A worker's long poll returns within a minute; one that has not asked again for this long is gone. */
const SILENT_MS = 90_000;

const { TASK_QUEUE_TYPE_ACTIVITY, TASK_QUEUE_TYPE_WORKFLOW } = proto.temporal.api.enums.v1.TaskQueueType;

/** Whether a worker polls this queue, or did a moment ago. */
export async function isServed(
  client: Client,
  name: string,
  kind: 'workflows' | 'activities',
): Promise<boolean> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name },
    taskQueueType: kind === 'workflows' ? TASK_QUEUE_TYPE_WORKFLOW : TASK_QUEUE_TYPE_ACTIVITY,
  });
  return (pollers ?? []).some(
    ({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000 < SILENT_MS,
  );
}
