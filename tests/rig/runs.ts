import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { STATE_QUERY } from '../../workflows/index.js';

/** Why a run failed, as it must. */
export async function failureOf(run: Promise<unknown>): Promise<ApplicationFailure> {
  const error = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WorkflowFailedError);
  return (error as WorkflowFailedError).cause as ApplicationFailure;
}

/** Waits until the run's query for its state says so. A busy machine takes its time. */
export async function untilState<T>(handle: WorkflowHandle, done: (state: T) => boolean): Promise<T> {
  let last: T | undefined;
  for (const deadline = Date.now() + 120_000; Date.now() < deadline;) {
    const state = await handle.query<T>(STATE_QUERY).catch(() => undefined);
    if (state && done(state)) return state;
    last = state ?? last;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`it did not get there within 120 s: ${JSON.stringify(last)}`);
}
