import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  ParentClosePolicy,
  getExternalWorkflowHandle,
  sleep,
  startChild,
  workflowInfo,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { promotionFields } from '../promote/settings.js';
import type { promote } from '../promote/promote.js';
import type { Judged } from '../promote/types.js';
import type { reproduce } from '../reproduce/reproduce.js';
import type { ReproduceInput, ReproduceResult } from '../types.js';
import { toPromoteIn } from './round-workspace.js';
import { SUPERSEDE_SIGNAL, type RetrainPlan } from './types.js';
import { waits } from './waits.js';

/** Another run of the project ends at some time. */
const RUN_SECONDS = 5;
/** One that waits for a person gives way at once; one that is putting a model in its place, when the remote answers. */
const PROMOTION_SECONDS = 1;
const MOST_SECONDS = 600;

/**
 * Runs stages of the project, as the project's one run: waits for another to end.
 *
 * @throws ApplicationFailure `StageFailed`, with the run's record
 */
export async function runStages(
  plan: RetrainPlan,
  input: ReproduceInput,
  summary: string,
  onWait: (waiting: boolean) => void,
): Promise<ReproduceResult> {
  const next = waits(RUN_SECONDS, MOST_SECONDS);
  for (;;) {
    try {
      const child = await startChild<typeof reproduce>('reproduce', {
        workflowId: plan.runId,
        args: [input],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        memo: { retrain: workflowInfo().workflowId },
        staticSummary: summary,
      });
      onWait(false);
      return await child.result();
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) {
        onWait(true);
        await sleep(next.next().value * 1000);
      } else throw causeOf(error);
    }
  }
}

/**
 * Starts the promotion. It outlives this run, for people take days; one that still waits for an older candidate gives way.
 */
export async function startPromotion(
  plan: RetrainPlan,
  judged: Judged,
): Promise<ChildWorkflowHandle<typeof promote>> {
  const workflowId = `${plan.runId}-promotion`;
  const next = waits(PROMOTION_SECONDS, MOST_SECONDS);
  for (;;) {
    try {
      return await startChild<typeof promote>('promote', {
        workflowId,
        args: [{ ...gatesOf(plan), workspace: toPromoteIn(plan.workspace), judged }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        memo: { retrain: workflowInfo().workflowId },
        staticSummary: `${plan.project}: ${judged.judgement.verdict}`,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      // It may have ended since.
      await getExternalWorkflowHandle(workflowId)
        .signal(SUPERSEDE_SIGNAL)
        .catch(() => undefined);
      await sleep(next.next().value * 1000);
    }
  }
}

function gatesOf({ settings }: RetrainPlan): object {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name in promotionFields));
}

/** The failure itself, in place of the envelopes that a child and its activity add. */
export function causeOf(error: unknown): unknown {
  if (!(error instanceof ChildWorkflowFailure)) return error;
  const cause = error.cause instanceof ActivityFailure ? error.cause.cause : error.cause;
  if (!(cause instanceof ApplicationFailure)) return error;
  return ApplicationFailure.create({
    message: cause.message,
    type: cause.type ?? 'unexpected',
    nonRetryable: true,
    details: cause.details ?? [],
    cause,
  });
}
