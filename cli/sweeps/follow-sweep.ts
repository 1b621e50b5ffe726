import {
  QueryNotRegisteredError,
  WorkflowFailedError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { DiagnosticError } from '../../diagnostics/index.js';
import { STATE_QUERY, type SweepResult, type SweepState } from '../../workflows/index.js';
import { isPassing } from '../connection/index.js';
import { noWorker } from '../runs/no-worker.js';
import { failureDiagnostic } from '../runs/outcome.js';
import { pause } from '../runs/pause.js';
import { RunEnd } from '../runs/run-end.js';
import { endEvent, type SweepEnd, type SweepEvent } from './events.js';
import { SweepObserver } from './observer.js';

export interface FollowSweepOptions {
  readonly client: Client;
  readonly address: string;
  readonly workflowId: string;
  readonly firstRunId: string;
  /** Milliseconds between two looks. */
  readonly interval: number;
  /** Ends the following; the sweep goes on. */
  readonly signal: AbortSignal;
  emit(event: SweepEvent): void;
  /** Called between two looks, with the ids of the trials' own workflows; what it throws ends the following. */
  onLook(children: readonly string[]): Promise<void>;
}

const LONGEST_WAIT_MS = 5_000;
const QUERY_MS = 5_000;
/** Looks without an answer from any worker, before a person is told. */
const SILENT_LOOKS = 6;

/**
 * Watches a sweep to its end. A server that goes away is waited for.
 *
 * @returns undefined when `signal` ended it
 * @throws DiagnosticError when it failed before its first trial
 */
export async function followSweep(options: FollowSweepOptions): Promise<SweepEnd | undefined> {
  const end = new RunEnd(options);
  try {
    return await follow(options, end);
  } finally {
    end.close();
  }
}

async function follow(options: FollowSweepOptions, end: RunEnd): Promise<SweepEnd | undefined> {
  const { client, workflowId, firstRunId, signal, emit } = options;
  const observer = new SweepObserver(emit);
  const handle = client.workflow.getHandle(workflowId);
  let state: SweepState | undefined;
  let children: readonly string[] = [];
  let misses = 0;
  let silent = 0;
  while (!signal.aborted) {
    await options.onLook(children);
    try {
      const description = await handle.describe();
      children = childrenOf(description);
      const ours = (description.raw.workflowExecutionInfo?.firstRunId || description.runId) === firstRunId;
      if (!ours || description.status.name !== 'RUNNING')
        return await readEnd(options, ours ? description.runId : firstRunId, state, observer);
      const seen = await query(client, workflowId);
      state = seen ?? state;
      if (state) observer.see(state);
      silent = seen ? 0 : silent + 1;
      if (silent === SILENT_LOOKS) emit(noWorker('sweep', description.taskQueue));
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (misses++ === 0) emit({ event: 'server', state: 'lost', address: options.address });
      await pause(Math.min(LONGEST_WAIT_MS, 250 * 2 ** misses), signal);
      continue;
    }
    if (misses > 0) emit({ event: 'server', state: 'back', address: options.address });
    misses = 0;
    await end.within(options.interval);
  }
  return undefined;
}

function childrenOf({ raw }: WorkflowExecutionDescription): string[] {
  return (raw.pendingChildren ?? []).flatMap(({ workflowId }) => (workflowId ? [workflowId] : []));
}

/** The query needs a worker, and a workflow that has begun; without them there is nothing new to tell. */
async function query(client: Client, workflowId: string): Promise<SweepState | undefined> {
  const handle = client.workflow.getHandle(workflowId);
  return await client
    .withDeadline(Date.now() + QUERY_MS, () => handle.query<SweepState>(STATE_QUERY))
    .catch((error: unknown) => {
      const unanswered =
        error instanceof QueryNotRegisteredError ||
        (error instanceof Error &&
          /no poller|not ready|unregistered|not found/i.test(`${error.message} ${String(error.cause)}`));
      if (unanswered || isPassing(error)) return undefined;
      throw error;
    });
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
