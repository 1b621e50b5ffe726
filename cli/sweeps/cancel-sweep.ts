import { WorkflowNotFoundError } from '@temporalio/client';
import { basename } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import { openProject } from '../../dvc/index.js';
import type { ConnectionFlags } from '../connection/index.js';
import { follow, sweepWorkflowId } from './run-sweep.js';
import type { SweepEvent, SweepRenderer } from './events.js';
import { SweepServer } from './sweep-server.js';

/**
 * `reprise sweep cancel`: ends the project's open sweep, its trials with it, and waits for that. Where no other process serves
 * the project, this one does.
 *
 * @throws DiagnosticError `sweep-missing`
 */
export async function cancelSweep(
  cwd: string,
  connection: ConnectionFlags,
  renderer: SweepRenderer,
): Promise<void> {
  const { root } = await openProject(cwd);
  const emit = (event: SweepEvent) => renderer.show(event);
  const server = await SweepServer.open(root, connection, emit);
  try {
    const workflowId = sweepWorkflowId({ root, name: basename(root) });
    const handle = server.session.client.workflow.getHandle(workflowId);
    const open = await handle.describe().catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    });
    if (open?.status.name !== 'RUNNING') {
      throw new DiagnosticError('sweep-missing', {
        message: 'no sweep of this project is open',
        fix: 'see reprise sweep list',
      });
    }
    await handle.cancel();
    const firstRunId = open.raw.workflowExecutionInfo?.firstRunId || open.runId;
    const run = {
      workflowId,
      firstRunId,
      state: server.serving?.isServing ? 'attached' : 'watching',
    } as const;
    const end = await follow(run, server, new AbortController().signal, emit);
    if (end) emit(end);
  } finally {
    await server.close();
  }
}
