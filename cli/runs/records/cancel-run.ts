import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { ConnectionFlags } from '../../connection/index.js';
import { findRun } from './find-run.js';
import { isServed } from './is-served.js';
import { printJson } from './print.js';
import { recordOf } from './run-record.js';
import { withSession } from './runs-session.js';

const LOOK_MS = 500;
/** How long a run may take to end before this command leaves it to that: a stage's grace time, and some. */
const WAIT_MS = 60_000;

/**
 * `reprise runs cancel`: asks the run to end, and waits for it as long as there is somebody who can end it.
 *
 * @throws DiagnosticError `run-not-found`, `run-closed`
 */
export async function cancelRun(
  id: string,
  options: ConnectionFlags & { readonly force?: boolean; readonly json?: boolean },
): Promise<void> {
  await withSession(options, async ({ client }) => {
    const found = await findRun(client, id);
    const { workflowId, runId } = found;
    if (found.status.name !== 'RUNNING') {
      throw new DiagnosticError('run-closed', {
        message: `the run ${runId} has ended already: ${recordOf(found).status}`,
        fix: '`reprise runs list --status running` shows what can be ended',
      });
    }
    const handle = client.workflow.getHandle(workflowId, runId);
    if (options.force) await handle.terminate('reprise runs cancel --force');
    else await handle.cancel();
    const { status } = recordOf(await ended(client, found));
    if (options.json) printJson('cancel', { runId, workflowId, status });
    else process.stdout.write(`${TEXT[status] ?? `it ended: ${status}`}\n`);
  });
}

const TEXT: Readonly<Record<string, string>> = {
  canceled: 'canceled',
  terminated: 'closed; what it had finished is kept',
  running:
    'asked to end; it has not yet, since no worker has taken that up\n' +
    '  fix: start `reprise worker` where the project is, or close it with --force',
};

async function ended(
  client: Client,
  { workflowId, runId, taskQueue }: WorkflowExecutionDescription,
): Promise<WorkflowExecutionDescription> {
  const handle = client.workflow.getHandle(workflowId, runId);
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const now = await handle.describe();
    const waits =
      now.status.name === 'RUNNING' &&
      Date.now() < deadline &&
      (await isServed(client, taskQueue, 'workflows'));
    if (!waits) return now;
    await sleep(LOOK_MS);
  }
}
