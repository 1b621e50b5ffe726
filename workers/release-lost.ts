import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';

/**
 * Gives back at once what a worker of this host held when it was killed. The heartbeat timeout would do the same, later.
 *
 * @param hostId as the worker that was killed had it, too
 * @returns how many activities were given back
 */
export async function releaseLost(client: Client, workflowId: string, hostId: string): Promise<number> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const lost = (raw.pendingActivities ?? []).filter((activity) =>
    isLost(activity.lastWorkerIdentity ?? '', hostId),
  );
  await Promise.all(
    lost.map(({ activityId }) =>
      client.activity
        .fail(
          { workflowId, activityId: activityId ?? '' },
          ApplicationFailure.retryable('the worker was killed', 'worker-lost'),
        )
        // It may have ended, or timed out, since it was looked at.
        .catch(() => undefined),
    ),
  );
  return lost.length;
}

/** @param identity `pid@hostId`, as {@link createWorkers} names its workers */
function isLost(identity: string, hostId: string): boolean {
  const [, pid, host] = /^(\d+)@(.+)$/.exec(identity) ?? [];
  if (pid === undefined || host !== hostId) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
