import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { listRuns, quoted } from './list-runs.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Enough of a run's id to be told from a workflow's. */
const PREFIX = /^[0-9a-f]{4,8}(-[0-9a-f-]*)?$/;

/**
 * The run that a person means: by its id, by the beginning of that, by its workflow's id (the newest run of it), or `latest`.
 *
 * @throws DiagnosticError `run-not-found`, `run-ambiguous`
 */
export async function findRun(client: Client, id: string): Promise<WorkflowExecutionDescription> {
  if (id === 'latest') {
    const newest = (await listRuns(client, { limit: 50 }))[0];
    if (newest) return await client.workflow.getHandle(newest.workflowId, newest.runId).describe();
    throw notFound('there is no run yet', 'start one with `reprise repro`');
  }
  if (UUID.test(id) || PREFIX.test(id)) {
    const found = await byRunId(client, id);
    if (found) return found;
  }
  try {
    return await client.workflow.getHandle(id).describe();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw notFound(`there is no run ${id}`, 'take the id from `reprise runs list`, or say `latest`');
  }
}

async function byRunId(client: Client, id: string): Promise<WorkflowExecutionDescription | undefined> {
  const query = UUID.test(id) ? `RunId = ${quoted(id)}` : `RunId STARTS_WITH ${quoted(id)}`;
  const found = [];
  for await (const info of client.workflow.list({ query, pageSize: 10 })) {
    found.push(info);
    if (found.length === 2) break;
  }
  const [first, second] = found;
  if (second) {
    throw new DiagnosticError('run-ambiguous', {
      message: `several runs have ids that begin with ${id}`,
      fix: 'give more of it: `reprise runs list --json` prints them whole',
    });
  }
  return first && (await client.workflow.getHandle(first.workflowId, first.runId).describe());
}

function notFound(message: string, fix: string): DiagnosticError {
  return new DiagnosticError('run-not-found', { message, fix });
}

/** Names a run in logs and links: it stays when a long run continues as new. */
export function chainOf({ raw, runId }: WorkflowExecutionDescription): string {
  return raw.workflowExecutionInfo?.firstRunId || runId;
}
