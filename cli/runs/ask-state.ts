import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { STATE_QUERY } from '../../workflows/index.js';
import { isPassing } from '../connection/index.js';
import { QueryNotRegisteredError } from '../connection/temporal-client.js';

const QUERY_MS = 5_000;

/** What the server and a worker say of a workflow. */
export interface Answer<State> {
  readonly description: WorkflowExecutionDescription;
  /** Undefined when no worker answers. */
  readonly state: State | undefined;
  /** The server says that the workflow's tasks fail, one after the other. A worker that comes back may end that. */
  readonly isFailing: boolean;
}

/** @param runId one of the workflow's runs; without it, the newest */
export async function askState<State>(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<Answer<State>> {
  const handle = client.workflow.getHandle(workflowId, runId);
  let isFailing = false;
  const [description, state] = await Promise.all([
    handle.describe(),
    // The query needs a worker; the description does not.
    client
      .withDeadline(Date.now() + QUERY_MS, () => handle.query<State>(STATE_QUERY))
      .catch((error: unknown) => {
        isFailing = saysOf(error, /task in failed state/i);
        if (isFailing || isPassing(error) || isUnanswered(error)) return undefined;
        throw error;
      }),
  ]);
  return { description, state, isFailing };
}

/** Nobody polls the queue, or the workflow has not run far enough to know the query. */
function isUnanswered(error: unknown): boolean {
  return (
    error instanceof QueryNotRegisteredError || saysOf(error, /no poller|not ready|unregistered|not found/i)
  );
}

function saysOf(error: unknown, what: RegExp): boolean {
  return error instanceof Error && what.test(`${error.message} ${String(error.cause)}`);
}
