// CommonJS: Node finds none of its names.
import proto from '@temporalio/proto';
import { Context } from '@temporalio/activity';
import { ANNOUNCE_QUEUE, announcesLabelsOf } from '../workflows/index.js';
import type { ActivityDependencies } from './dependencies.js';

/** A worker's long poll returns within a minute; one that has not asked again for this long is gone. */
const SILENT_MS = 90_000;

/**
 * Which of `queues` workers serve: they poll them for activities, or say that they do. One whose slots are all taken asks for no more, for
 * as long as its stages run.
 */
export async function servedQueues(deps: ActivityDependencies, queues: readonly string[]): Promise<string[]> {
  const polled = await Promise.all(queues.map(async (queue) => (await pollersOf(deps, queue)).length > 0));
  if (!polled.includes(false)) return [...queues];
  const announced = await pollersOf(deps, ANNOUNCE_QUEUE);
  return queues.filter(
    (queue, i) => polled[i] === true || announced.some((name) => announcesLabelsOf(name, queue)),
  );
}

/** Names of those that are there still. */
async function pollersOf({ client }: ActivityDependencies, name: string): Promise<string[]> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name },
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
  });
  // The server's time, as the times of its pollers are: the clock of this host may be another.
  const { currentAttemptScheduledTimestampMs: now } = Context.current().info;
  return (pollers ?? []).flatMap(({ identity, lastAccessTime }) =>
    identity && now - Number(lastAccessTime?.seconds ?? 0) * 1000 < SILENT_MS ? [identity] : [],
  );
}
