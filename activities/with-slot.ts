import type { RunStageInput } from '../workflows/index.js';
import type { ActivityDependencies } from './dependencies.js';
import { giveBack } from './give-back.js';

/**
 * Runs a stage in one of the host's slots. When two queues delivered for the last one, the second stage goes back to its queue
 * at once, for a host that has room: waiting here, it would keep to this one.
 */
export async function withSlot<T>(
  { slots, hostId }: ActivityDependencies,
  { address, attempt }: RunStageInput,
  run: () => Promise<T>,
): Promise<T> {
  const held = slots.tryHold(address, run);
  if (held) return await held;
  throw giveBack(
    { type: 'slot-taken', message: `${hostId} had no free slot left for ${address}`, delay: '1 second' },
    { address, attempt, host: hostId },
  );
}
