import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, type Duration } from '@temporalio/common';
import type { StageProgress } from '../workflows/index.js';

/**
 * A stage that cannot run here now goes back to its queue, and takes no slot while it waits. It counts as no restart.
 *
 * @returns the failure to throw
 */
export function giveBack(
  { type, message, delay }: { readonly type: string; readonly message: string; readonly delay: Duration },
  progress: Pick<StageProgress, 'address' | 'attempt' | 'host'>,
): ApplicationFailure {
  const context = Context.current();
  const before = (context.info.heartbeatDetails ?? progress) as StageProgress;
  context.heartbeat({ ...before, message, handedBack: (before.handedBack ?? 0) + 1 });
  // Nothing went wrong: no warning in the worker's log.
  const category = ApplicationFailureCategory.BENIGN;
  return ApplicationFailure.create({ message, type, nextRetryDelay: delay, category });
}
