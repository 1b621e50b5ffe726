import {
  ApplicationFailure,
  ChildWorkflowFailure,
  CancellationScope,
  ActivityFailure,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  ChildWorkflowCancellationType,
} from '@temporalio/workflow';
import type { ReproduceResult, StageSummary } from '../types.js';
import type { reproduce } from '../reproduce/reproduce.js';
import { activities } from './activities.js';
import type { SweepBoard } from './board.js';
import { untilOf } from './search/index.js';
import type { SweepPlan, TrialRef, TrialState } from './trial.js';
import type { SweepOptions } from './types.js';

/** A trial that runs. */
export interface RunningTrial {
  readonly childId: string;
  /** Ends it; its record says `stopped`, and why. */
  stop(why: string): void;
  /** Settles when its copy is gone, and never fails. */
  readonly ended: Promise<void>;
}

/**
 * Runs one trial: a copy of the project with its params, `reproduce` in it, its metric and its experiment. Whatever becomes of
 * it stands on the board.
 */
export function startTrial(
  trial: TrialState,
  childId: string,
  plan: SweepPlan,
  options: SweepOptions,
  board: SweepBoard,
): RunningTrial {
  const { label } = trial;
  const { root, folder, git } = plan;
  const rule = options.asha?.report;
  const ref: TrialRef = {
    ...{ root, folder, sweep: plan.id, label },
    ...(git ? { git } : {}),
    ...(rule ? { checkpoints: label.replace(/-r\d+$/, '') } : {}),
  };
  const scope = new CancellationScope();
  let stopped: string | undefined;
  board.began(trial);

  const run = async (): Promise<Partial<TrialState>> => {
    const workspace = await activities.prepareTrial({ ...ref, params: trial.params });
    board.change(label, { status: 'running' });
    const result = await executeChild<typeof reproduce>('reproduce', {
      workflowId: childId,
      args: [reproduceInput(options, workspace, trial.rung)],
      staticSummary: `${plan.id}, trial ${label}`,
      // Ended in order, with its grace time, also when somebody terminates the sweep.
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    });
    const spent = gpuSeconds(result.stages);
    const { stopped: reached } = result;
    if (rule && reached) {
      const reason = `${rule.metric} ${reached.value} at step ${reached.step} of ${reached.total}`;
      return { status: 'stopped', gpuSeconds: spent, reached, reason };
    }
    board.change(label, { status: 'saving', gpuSeconds: spent });
    const collected = await activities.collectTrial({ ...ref, metric: options.metric, at: Date.now() });
    return { status: 'done', ...collected };
  };

  const end = async (): Promise<void> => {
    let change: Partial<TrialState>;
    try {
      change = await scope.run(run);
    } catch (error) {
      const stages = stagesOf(error);
      // What was ended from outside has no result: what its stage said of itself last.
      const spent = stages ? gpuSeconds(stages) : board.get(label)?.progress?.usage?.gpuSeconds;
      change = {
        ...(spent === undefined ? {} : { gpuSeconds: spent }),
        ...(isCancellation(error)
          ? stopped === undefined
            ? { status: 'canceled' }
            : { status: 'stopped', reason: stopped }
          : { status: 'failed', reason: reasonOf(error) }),
      };
    }
    const left = await CancellationScope.nonCancellable(() => cleanUp(ref));
    const reason = [change.reason, left].filter((part) => part !== undefined).join('\n');
    board.change(label, { ...change, ...(reason === '' ? {} : { reason }), finishedAt: Date.now() });
  };

  return {
    childId,
    stop(why) {
      stopped ??= why;
      scope.cancel();
    },
    ended: end(),
  };
}

/** @returns why it could not be done */
async function cleanUp(ref: TrialRef): Promise<string | undefined> {
  try {
    await activities.removeTrial(ref);
    return undefined;
  } catch (error) {
    return `its folder could not be removed: ${reasonOf(error)}`;
  }
}

function reproduceInput(
  options: SweepOptions,
  workspace: Awaited<ReturnType<typeof activities.prepareTrial>>,
  rung: number,
) {
  const { targets, cpuFallback, labelTimeout, heartbeat, asha } = options;
  const until = asha && untilOf(asha, rung);
  const how = { targets, cpuFallback, labelTimeout, heartbeat, workspace, reportToParent: true };
  return { ...how, ...(until ? { until } : {}) };
}

function gpuSeconds(stages: readonly StageSummary[]): number {
  return stages.reduce((sum, stage) => sum + (stage.gpuSeconds ?? 0), 0);
}

function stagesOf(error: unknown): readonly StageSummary[] | undefined {
  const cause = error instanceof ChildWorkflowFailure ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure) || cause.type !== 'StageFailed') return undefined;
  return (cause.details?.[0] as ReproduceResult | undefined)?.stages;
}

/** The innermost failure: those around it only say that a child or an activity failed. */
function reasonOf(error: unknown): string {
  let at = error;
  const stages = stagesOf(error) ?? [];
  const failed = stages.find((stage) => stage.outcome === 'failed');
  if (failed?.error) return failed.error.message;
  while ((at instanceof ChildWorkflowFailure || at instanceof ActivityFailure) && at.cause) at = at.cause;
  return at instanceof Error ? at.message : String(at);
}
