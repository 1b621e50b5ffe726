import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { RunState, StageProgress } from '../../workflows/index.js';
import { defaultPayloadConverter } from '../connection/temporal-client.js';
import { askState } from './ask-state.js';

/** A run at one moment. */
export interface Snapshot {
  readonly description: WorkflowExecutionDescription;
  /** Undefined when no worker answers. */
  readonly state: RunState | undefined;
  /** What the stages that run say of themselves, newer than what the workflow knows. */
  readonly live: ReadonlyMap<string, LiveStage>;
  /** The server says that the workflow's tasks fail, one after the other. A worker that comes back may end that. */
  readonly isFailing: boolean;
}

export interface LiveStage {
  readonly progress: StageProgress;
  /** It runs at this moment; otherwise it waits to be taken up again. */
  readonly running: boolean;
  /** How often Temporal made this attempt again, because a worker or its host was lost. */
  readonly restarts: number;
}

/** temporal.api.enums.v1.PendingActivityState */
const STARTED = 2;

/** @param runId one of the workflow's runs; without it, the newest */
export async function takeSnapshot(client: Client, workflowId: string, runId?: string): Promise<Snapshot> {
  const answer = await askState<RunState>(client, workflowId, runId);
  return { ...answer, live: liveStages(answer.description) };
}

function liveStages({ raw }: WorkflowExecutionDescription): Map<string, LiveStage> {
  const live = new Map<string, LiveStage>();
  for (const activity of raw.pendingActivities ?? []) {
    const payload = activity.heartbeatDetails?.payloads?.[0];
    if (activity.activityType?.name !== 'runStage' || !payload) continue;
    const progress = defaultPayloadConverter.fromPayload<StageProgress>(payload);
    live.set(progress.address, {
      progress,
      running: activity.state === STARTED,
      restarts: Math.max(0, (activity.attempt ?? 1) - 1 - (progress.handedBack ?? 0)),
    });
  }
  return live;
}
