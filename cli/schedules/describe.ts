import type { ScheduleDescription, ScheduleSummary } from '@temporalio/client';

export interface ShownSchedule {
  readonly id: string;
  readonly workflow: string | undefined;
  readonly paused: boolean;
  readonly note: string | undefined;
  /** ISO 8601. */
  readonly next: readonly string[];
  /** Newest last. */
  readonly recent: readonly { readonly at: string; readonly workflowId: string }[];
}

export function shown({
  scheduleId,
  action,
  state,
  info,
}: ScheduleSummary | ScheduleDescription): ShownSchedule {
  return {
    id: scheduleId,
    workflow: action?.workflowType,
    paused: state.paused,
    note: state.note || undefined,
    next: info.nextActionTimes.map((time) => time.toISOString()),
    recent: info.recentActions.map(({ takenAt, action: taken }) => ({
      at: takenAt.toISOString(),
      workflowId: taken.workflow.workflowId,
    })),
  };
}

/** All that there is to know of one. */
export function details(description: ScheduleDescription): object {
  const { policies, info, action } = description;
  return {
    ...shown(description),
    taskQueue: action.taskQueue,
    input: action.args?.[0],
    overlap: policies.overlap,
    catchupWindowSeconds: policies.catchupWindow / 1000,
    pauseOnFailure: policies.pauseOnFailure,
    actions: info.numActionsTaken,
    missed: info.numActionsMissedCatchupWindow,
    skipped: info.numActionsSkippedOverlap,
    running: info.runningActions.map(({ workflow }) => workflow.workflowId),
  };
}

export function lineOf({ id, workflow, paused, note, next }: ShownSchedule): string {
  const when = paused ? `paused${note === undefined ? '' : ` (${note})`}` : `next ${next[0] ?? 'never'}`;
  return `${id}  ${workflow ?? ''}  ${when}`;
}
