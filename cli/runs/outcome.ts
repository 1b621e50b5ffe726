import type { Client } from '@temporalio/client';
import { DiagnosticError, type Location } from '../../diagnostics/index.js';
import type { ReproduceResult, RunState, StageOutcome, StageSummary } from '../../workflows/index.js';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  WorkflowFailedError,
} from '../connection/temporal-client.js';
import type { RunFinished } from '../display/index.js';

/** How a run ended. */
export type Outcome = Omit<RunFinished, 'event'>;

/**
 * Reads the result of a run that is closed.
 *
 * @param last what was seen of it last, for a run that was canceled and so has no result
 * @throws DiagnosticError when it failed before any stage, such as in its plan
 */
export async function readOutcome(
  client: Client,
  workflowId: string,
  runId: string,
  last: RunState | undefined,
): Promise<Outcome> {
  try {
    const result = (await client.workflow.getHandle(workflowId, runId).result()) as ReproduceResult;
    const idle = result.stages.every((stage) => stage.outcome === 'skipped');
    return { status: idle ? 'up-to-date' : 'succeeded', seconds: result.seconds, stages: result.stages };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return fromFailure(error.cause, workflowId, last);
  }
}

function fromFailure(cause: Error | undefined, workflowId: string, last: RunState | undefined): Outcome {
  if (cause instanceof ApplicationFailure && cause.type === 'StageFailed') {
    const { seconds, stages } = cause.details?.[0] as ReproduceResult;
    return { status: 'failed', seconds, stages };
  }
  if (cause instanceof CancelledFailure) {
    const stages = last?.stages.map(summaryOf) ?? [];
    return { status: 'canceled', seconds: stages.reduce((sum, stage) => sum + stage.seconds, 0), stages };
  }
  if (cause instanceof TerminatedFailure) {
    throw new DiagnosticError('run-terminated', {
      message: `the run ${workflowId} was terminated: ${cause.message}`,
      fix: 'run the same command again: what finished is kept',
      cause,
    });
  }
  throw failureDiagnostic(cause, workflowId);
}

/** What a workflow failed with before it had done anything, as a person is told it. */
export function failureDiagnostic(cause: Error | undefined, workflowId: string): Error {
  const failure = cause instanceof ActivityFailure ? cause.cause : cause;
  if (failure instanceof ApplicationFailure) return toDiagnostic(failure);
  return cause ?? new Error(`the run ${workflowId} failed`);
}

/** A diagnostic that crossed Temporal is one again. */
function toDiagnostic(failure: InstanceType<typeof ApplicationFailure>): DiagnosticError {
  const details = (failure.details?.[0] ?? {}) as {
    message?: string;
    at?: Location;
    fix?: string;
    expected?: string;
    found?: string;
  };
  return new DiagnosticError(failure.type ?? 'run-failed', {
    ...details,
    message: details.message ?? failure.message,
    cause: failure,
  });
}

const OUTCOMES: ReadonlySet<string> = new Set<StageOutcome>([
  'ran',
  'restored',
  'skipped',
  'failed',
  'blocked',
  'canceled',
]);

function summaryOf({
  address,
  status,
  startedAt,
  finishedAt,
  attempt,
  error,
}: RunState['stages'][number]): StageSummary {
  return {
    address,
    outcome: OUTCOMES.has(status) ? (status as StageOutcome) : 'canceled',
    seconds: startedAt === undefined ? 0 : ((finishedAt ?? Date.now()) - startedAt) / 1000,
    attempts: attempt,
    ...(error ? { error } : {}),
  };
}
