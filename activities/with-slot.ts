import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { RunStageInput, StageProgress } from '../workflows/index.js';
import type { ActivityDependencies } from './dependencies.js';

/**
 * Runs a stage in one of the host's slots. When two queues delivered for the last one, the second stage goes back to its queue
 * at once, for a host that has room: waiting here, it would keep to this one. It counts as no restart.
 */
export async function withSlot<T>(
  { slots, hostId }: ActivityDependencies,
  { address, attempt }: RunStageInput,
  run: () => Promise<T>,
): Promise<T> {
  const held = slots.tryHold(address, run);
  if (held) return await held;
  const context = Context.current();
  const before = (context.info.heartbeatDetails ?? { address, attempt, host: hostId }) as StageProgress;
  context.heartbeat({ ...before, handedBack: (before.handedBack ?? 0) + 1 });
  throw ApplicationFailure.create({
    message: `${hostId} had no free slot left for ${address}`,
    type: 'slot-taken',
    nextRetryDelay: '1 second',
  });
}
