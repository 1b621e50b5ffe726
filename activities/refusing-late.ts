import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

/**
 * A look that is cheap where nothing can have happened: an attempt that lasts for less than its heartbeat timeout is nobody else's yet.
 *
 * @param isOurs asks the store that all hosts share
 * @returns what throws, retryably, once another attempt has the stage: what lies in its folders is that one's
 */
export function refusingLate(isOurs: () => Promise<boolean>, address: string): () => Promise<void> {
  const { heartbeatTimeoutMs = 0 } = Context.current().info;
  let known = performance.now();
  return async () => {
    const now = performance.now();
    if (now - known < heartbeatTimeoutMs) return;
    // A store that does not answer says nothing of whose it is.
    if (!(await isOurs().catch(() => true))) {
      throw ApplicationFailure.create({
        message: `${address} was taken over while this host was silent`,
        type: 'taken-over',
      });
    }
    known = now;
  };
}
