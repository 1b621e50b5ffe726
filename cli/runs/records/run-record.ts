import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { RunMemo } from '../../../workflows/index.js';

/** How far a run is, in the words of this command. */
export type RunStatus =
  'running' | 'paused' | 'succeeded' | 'failed' | 'canceled' | 'terminated' | 'timed-out' | 'continued';

/** As the server's query language spells them. */
export const EXECUTION_STATUS: Readonly<Record<RunStatus, string>> = {
  running: 'Running',
  paused: 'Paused',
  succeeded: 'Completed',
  failed: 'Failed',
  canceled: 'Canceled',
  terminated: 'Terminated',
  'timed-out': 'TimedOut',
  continued: 'ContinuedAsNew',
};

/** One run, as a list knows it: nobody had to be asked but the server. */
export interface RunRecord {
  readonly runId: string;
  readonly workflowId: string;
  /** The workflow's: `reproduce`, … */
  readonly type: string;
  readonly status: RunStatus;
  readonly project?: string;
  readonly targets?: readonly string[];
  /** Absent before the plan is made. */
  readonly stages?: { readonly done: number; readonly total: number };
  /** ISO 8601. */
  readonly startedAt: string;
  readonly closedAt?: string;
  /** So far, or in all. */
  readonly seconds: number;
}

/** As a list has it, or a description. */
type Execution = Omit<WorkflowExecutionInfo, 'raw'>;

export function recordOf(info: Execution, now = Date.now()): RunRecord {
  const { project, targets, stages } = memoOf(info);
  const [done, total] =
    /^(\d+)\/(\d+)$/
      .exec(stages ?? '')
      ?.slice(1)
      .map(Number) ?? [];
  return {
    runId: info.runId,
    workflowId: info.workflowId,
    type: info.type,
    status: statusOf(info),
    ...(project === undefined ? {} : { project }),
    ...(targets === undefined ? {} : { targets }),
    ...(done === undefined || total === undefined ? {} : { stages: { done, total } }),
    startedAt: info.startTime.toISOString(),
    ...(info.closeTime ? { closedAt: info.closeTime.toISOString() } : {}),
    seconds: Math.max(0, (info.closeTime?.getTime() ?? now) - info.startTime.getTime()) / 1000,
  };
}

/** What the workflow noted of itself. A stranger's memo may hold anything. */
export function memoOf({ memo = {} }: Pick<Execution, 'memo'>): RunMemo {
  const { project, targets, stages, summary } = memo as { [K in keyof RunMemo]: unknown };
  return {
    ...(typeof project === 'string' ? { project } : {}),
    ...(isList(targets) ? { targets: targets.map(String) } : {}),
    ...(typeof stages === 'string' ? { stages } : {}),
    ...(isList(summary) ? { summary: summary as NonNullable<RunMemo['summary']> } : {}),
  };
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

function statusOf({ status }: Execution): RunStatus {
  return NAMES[status.name] ?? 'running';
}

/** As the SDK spells them. */
const NAMES: Readonly<Partial<Record<string, RunStatus>>> = {
  RUNNING: 'running',
  PAUSED: 'paused',
  COMPLETED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'canceled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed-out',
  CONTINUED_AS_NEW: 'continued',
};
