import { WorkflowFailedError, type WorkflowExecutionDescription } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { SweepResult, SweepState } from '../../workflows/index.js';
import { askState } from '../runs/ask-state.js';
import { failureDiagnostic } from '../runs/outcome.js';
import { watchWorkflow, type WatchOptions } from '../runs/watch-workflow.js';
import { endEvent, type SweepEnd, type SweepEvent } from './events.js';
import { SweepObserver } from './observer.js';

export interface FollowSweepOptions extends WatchOptions {
  emit(event: SweepEvent): void;
  /** Called between two looks, with the ids of the trials' own workflows; what it throws ends the following. */
  onLook(children: readonly string[]): Promise<void>;
}

/**
 * Watches a sweep to its end. A server that goes away is waited for.
 *
 * @returns undefined when `signal` ended it
 * @throws DiagnosticError `run-stuck`; when it failed before its first trial
 */
export async function followSweep(options: FollowSweepOptions): Promise<SweepEnd | undefined> {
  const { client, workflowId, emit } = options;
  const observer = new SweepObserver(emit);
  let state: SweepState | undefined;
  let children: readonly string[] = [];
  return await watchWorkflow(options, {
    what: 'sweep',
    before: () => options.onLook(children),
    async look() {
      const answer = await askState<SweepState>(client, workflowId);
      children = childrenOf(answer.description);
      return { ...answer, isAnswered: answer.state !== undefined };
    },
    see(look) {
      state = look.state ?? state;
      if (look.state) observer.see(look.state);
    },
    end: (runId) => readEnd(options, runId, state, observer),
  });
}

function childrenOf({ raw }: WorkflowExecutionDescription): string[] {
  return (raw.pendingChildren ?? []).flatMap(({ workflowId }) => (workflowId ? [workflowId] : []));
}

async function readEnd(
  { client, workflowId }: FollowSweepOptions,
  runId: string,
  last: SweepState | undefined,
  observer: SweepObserver,
): Promise<SweepEnd> {
  try {
    const result = (await client.workflow.getHandle(workflowId, runId).result()) as SweepResult;
    observer.see(result);
    return endEvent(result, result.seconds);
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    if (cause instanceof ApplicationFailure && cause.type === 'SweepFailed') {
      const result = cause.details?.[0] as SweepResult;
      observer.see(result);
      return endEvent(result, result.seconds);
    }
    if (cause instanceof CancelledFailure && last) {
      // A trial that still ran when it was last seen was ended with the sweep.
      const trials = last.trials.map((trial) =>
        trial.finishedAt === undefined
          ? { ...trial, status: 'canceled' as const, finishedAt: Date.now() }
          : trial,
      );
      return endEvent({ ...last, trials, status: 'canceled' }, (Date.now() - last.startedAt) / 1000);
    }
    if (cause instanceof CancelledFailure || cause instanceof TerminatedFailure) {
      throw new DiagnosticError('sweep-ended', {
        message: `the sweep ${workflowId} was ended: ${cause.message}`,
        fix: 'run it again: trials with equal params come from the run cache',
        cause,
      });
    }
    throw failureDiagnostic(cause, workflowId);
  }
}
