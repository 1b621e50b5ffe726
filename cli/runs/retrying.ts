import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { StageProgress } from '../../workflows/index.js';
import { defaultPayloadConverter } from '../connection/temporal-client.js';

/** Work that fails, and is tried again until a host or a network is mended: nothing of a run says so but this. */
export interface Retrying {
  /** For people: a stage's address, or what is done. */
  readonly what: string;
  /** Of its last failure. */
  readonly message: string;
}

/** A first failure is often the last one, too. */
const TOLD_FROM_ATTEMPT = 3;

/** What goes elsewhere, or waits its turn, has not failed. */
const HANDED_ON: ReadonlySet<string> = new Set([
  'slot-taken',
  'equal-stage-runs',
  'stage-preempted',
  'worker-lost',
]);

/** By activity. */
const WORK: Readonly<Record<string, string>> = {
  plan: 'making the plan',
  runStage: 'a stage',
  commitLock: 'writing dvc.lock',
  publish: 'publishing the results',
  servedQueues: 'looking for workers',
};

export function retryingText({ what, message }: Retrying): string {
  return `${what} failed, and is tried again until it succeeds: ${message}`;
}

/** A stage's timeouts are left out: of hosts that were lost, its `restarts` tells. */
export function retryingWork({ raw }: WorkflowExecutionDescription): readonly Retrying[] {
  return (raw.pendingActivities ?? []).flatMap(({ activityType, attempt, heartbeatDetails, lastFailure }) => {
    const name = activityType?.name ?? '';
    // Of one of more than 4 KB the server keeps the beginning, as the cause of a failure of its own.
    const failure = (lastFailure?.serverFailureInfo && lastFailure.cause) ?? lastFailure;
    const info = failure?.applicationFailureInfo;
    const isLost = !info && name === 'runStage';
    if (!failure || isLost || (attempt ?? 1) < TOLD_FROM_ATTEMPT || HANDED_ON.has(info?.type ?? ''))
      return [];
    const said = heartbeatDetails?.payloads?.[0];
    const progress = said && defaultPayloadConverter.fromPayload<Partial<StageProgress>>(said);
    return [{ what: progress?.address ?? WORK[name] ?? name, message: failure.message ?? '' }];
  });
}
