import { condition } from '@temporalio/workflow';
import type { ServedQueues } from './served-queues.js';

/** A stage that says nothing for so many times its heartbeat timeout is not thought to run: its host is lost, or none has taken it. */
const SILENT_BEATS = 4;
/** Or for such a part of the time since it was given to its queue, if that is longer: what runs for days speaks once an hour. */
const SILENT_PART = 5;

export interface Given {
  readonly queue: string;
  readonly queues: ServedQueues;
  /** Seconds: its timeout. */
  readonly heartbeat: number;
  /** What the stage last said of itself. */
  said(): unknown;
}

/**
 * Waits until a queue that a stage was given to has nobody left who serves it: the stage would wait there without end. Workers that are
 * busy with others are no reason, and as long as the stage is heard of nobody is asked.
 */
export async function untilDeserted({ queue, queues, heartbeat, said }: Given): Promise<void> {
  const given = Date.now();
  for (;;) {
    const before = said();
    const silence = Math.max(SILENT_BEATS * heartbeat * 1000, (Date.now() - given) / SILENT_PART);
    if (await condition(() => said() !== before, silence)) continue;
    // Many may wait there: they share an answer.
    if ((await queues.among([queue], silence / 2)).length === 0) return;
  }
}
