import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleClient,
  type ScheduleHandle,
  type ScheduleOverlapPolicy,
  type ScheduleSpec,
} from '@temporalio/client';
import { DiagnosticError } from '../../diagnostics/index.js';
import { WORKFLOW_QUEUE } from '../../workflows/index.js';
import { grpcCode } from '../connection/index.js';

export interface NewSchedule {
  readonly id: string;
  readonly workflowId: string;
  readonly workflow: 'retrain' | 'reproduce';
  /** Default: that of `reprise worker`. */
  readonly taskQueue?: string;
  readonly input: object;
  readonly spec: ScheduleSpec;
  readonly overlap: ScheduleOverlapPolicy;
  /** Milliseconds. */
  readonly catchupWindow: number;
  readonly pauseOnFailure: boolean;
  readonly paused: boolean;
  readonly note: string | undefined;
}

/** @throws DiagnosticError `schedule-exists`, `bad-schedule` */
export async function createSchedule(client: ScheduleClient, schedule: NewSchedule): Promise<void> {
  const { id, workflowId, workflow, taskQueue = WORKFLOW_QUEUE, input, spec, paused, note } = schedule;
  const { overlap, catchupWindow, pauseOnFailure } = schedule;
  try {
    await client.create({
      scheduleId: id,
      spec,
      action: {
        type: 'startWorkflow',
        workflowType: workflow,
        workflowId,
        taskQueue,
        args: [input],
        staticSummary: `schedule ${id}`,
      },
      policies: { overlap, catchupWindow, pauseOnFailure },
      state: { paused, ...(note === undefined ? {} : { note }) },
    });
  } catch (error) {
    throw explained(error, id);
  }
}

/** @throws DiagnosticError `schedule-missing`, `bad-schedule` */
export async function onSchedule<T>(
  client: ScheduleClient,
  id: string,
  act: (handle: ScheduleHandle) => Promise<T>,
): Promise<T> {
  try {
    return await act(client.getHandle(id));
  } catch (error) {
    throw explained(error, id);
  }
}

/** gRPC's INVALID_ARGUMENT. */
const INVALID_ARGUMENT = 3;

function explained(error: unknown, id: string): unknown {
  if (error instanceof ScheduleAlreadyRunning) {
    return new DiagnosticError('schedule-exists', {
      message: `there is a schedule ${id} already`,
      fix: `delete it first (reprise schedule delete ${id}), or give this one another name`,
      cause: error,
    });
  }
  if (error instanceof ScheduleNotFoundError) {
    return new DiagnosticError('schedule-missing', {
      message: `there is no schedule ${id}`,
      fix: 'see those that are there: reprise schedule list',
      cause: error,
    });
  }
  const refusal = refusalIn(error);
  if (refusal !== undefined) {
    return new DiagnosticError('bad-schedule', {
      message: `the server does not take the schedule: ${refusal}`,
      fix: 'correct --cron, --interval or --calendar',
      cause: error,
    });
  }
  return error;
}

/** What the server says is wrong with its argument; the SDK makes a TypeError of that when a schedule is created. */
function refusalIn(error: unknown): string | undefined {
  if (error instanceof TypeError) return error.message;
  return grpcCode(error) === INVALID_ARGUMENT ? (error as Error).message : undefined;
}
