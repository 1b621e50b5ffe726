import { ApplicationFailure } from '@temporalio/common';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { ConnectionFlags } from '../../connection/index.js';
import { findRun } from './find-run.js';
import { isServed } from './is-served.js';
import { printJson } from './print.js';
import { recordOf } from './run-record.js';
import { withSession } from './runs-session.js';

export interface Steering extends ConnectionFlags {
  /** Name of the update. */
  readonly update: 'pause' | 'resume' | 'configure';
  readonly payload: Readonly<Record<string, unknown>>;
  readonly json?: boolean;
}

/**
 * `reprise runs pause | resume | configure`: changes a run that goes on, and tells which stages it reached.
 *
 * @throws DiagnosticError `run-not-found`, `run-closed`, `run-unserved`, `update-refused`
 */
export async function steerRun(id: string, { update, payload, json, ...flags }: Steering): Promise<void> {
  await withSession(flags, async ({ client }) => {
    const found = await findRun(client, id);
    const { workflowId, runId, taskQueue } = found;
    if (found.status.name !== 'RUNNING') {
      throw new DiagnosticError('run-closed', {
        message: `the run ${runId} has ended already: ${recordOf(found).status}`,
        fix: '`reprise runs list --status running` shows those that go on',
      });
    }
    if (!(await isServed(client, taskQueue, 'workflows'))) {
      throw new DiagnosticError('run-unserved', {
        message: `no worker is there to tell the run ${runId} of it`,
        fix: 'start `reprise worker` where the project is',
      });
    }
    const handle = client.workflow.getHandle(workflowId, runId);
    const stages = await handle
      .executeUpdate<readonly string[], [unknown]>(update, { args: [payload] })
      .catch((error: unknown) => {
        throw refusal(update, error);
      });
    if (json) printJson(update, { runId, workflowId, stages });
    else
      process.stdout.write(
        `${stages.length === 0 ? `nothing to ${update}` : `${DONE[update]}: ${stages.join(', ')}`}\n`,
      );
  });
}

const DONE = { pause: 'paused', resume: 'goes on', configure: 'changed' } as const;

function refusal(update: string, error: unknown): unknown {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure)) return error;
  return new DiagnosticError('update-refused', {
    message: `the run refuses to ${update}: ${cause.message}`,
    fix: '`reprise runs show` names its stages; `reprise runs ' + update + ' --help` the options',
    cause: error,
  });
}
