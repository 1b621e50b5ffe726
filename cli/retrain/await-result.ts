import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { DiagnosticError } from '../../diagnostics/index.js';
import { isPassing } from '../connection/index.js';
import { CommandExit, EXIT } from '../report-error.js';
import { pause } from '../runs/pause.js';
import type { ServedSession } from './served-session.js';

const LOOK_MS = 1_000;

interface AwaitOptions {
  /** Ctrl-C ends the workflow, and its end is waited for. Otherwise the workflow is left to itself. */
  readonly cancel: boolean;
  /** Now and then. */
  onLook?(): Promise<void>;
}

/**
 * A workflow's result, while this process serves the project. A server that is away for the moment is waited for.
 *
 * @returns undefined when it was left
 * @throws DiagnosticError with what the workflow failed with; CommandExit when it was canceled
 */
export async function awaitResult<T>(
  served: ServedSession,
  handle: WorkflowHandle,
  { cancel, onLook }: AwaitOptions,
): Promise<T | undefined> {
  const ended = new AbortController();
  const settled = result<T>(handle, served.stop).finally(() => ended.abort());
  // Looked at below; a failure must not be unhandled while this loop looks elsewhere.
  settled.catch(() => undefined);
  let wakes = AbortSignal.any([served.stop, ended.signal]);
  let canceling = false;
  while (!ended.signal.aborted) {
    if (served.stop.aborted && !canceling) {
      if (!cancel || !served.canceled()) return undefined;
      canceling = true;
      wakes = ended.signal;
      await handle.cancel();
    }
    await served.keepServed();
    await onLook?.();
    await pause(LOOK_MS, wakes);
  }
  return await settled;
}

async function result<T>(handle: WorkflowHandle, stop: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return (await handle.result()) as T;
    } catch (error) {
      if (error instanceof WorkflowFailedError) throw failureOf(error, handle.workflowId);
      if (!isPassing(error) || stop.aborted) throw error;
      await pause(LOOK_MS, stop);
    }
  }
}

function failureOf({ cause, message }: WorkflowFailedError, workflowId: string): Error {
  if (cause instanceof CancelledFailure) return new CommandExit(EXIT.interrupted);
  const failure = cause instanceof ActivityFailure ? cause.cause : cause;
  const application = failure instanceof ApplicationFailure ? failure : undefined;
  // The text of a diagnostic has its place and its fix already.
  return new DiagnosticError(application?.type ?? 'workflow-failed', {
    message: `${workflowId} failed: ${failure?.message ?? message}`,
    cause,
  });
}
