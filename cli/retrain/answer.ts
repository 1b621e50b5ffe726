import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { Decided, PromoteResult } from '../../workflows/index.js';
import type { ConnectionFlags } from '../connection/index.js';
import { awaitResult } from './await-result.js';
import { say } from './say.js';
import { withServedSession } from './served-session.js';

export interface AnswerOptions {
  readonly cwd: string;
  /** Of the promotion; absent: the project's. */
  readonly workflowId: string | undefined;
  readonly answer: 'approve' | 'reject';
  readonly by: string;
  readonly reason: string;
  readonly connection: ConnectionFlags;
  readonly json: boolean;
}

/** `reprise runs approve | reject`: a person's answer to a model that waits for one; returns when it has taken effect. */
export async function answerPromotion(options: AnswerOptions): Promise<void> {
  const { answer, by, reason, json } = options;
  await withServedSession({ ...options, anywhere: options.workflowId !== undefined }, async (served) => {
    const workflowId = options.workflowId ?? `${served.runId}-promotion`;
    const handle = served.session.client.workflow.getHandle(workflowId);
    let decided: Decided;
    try {
      decided = await handle.executeUpdate<Decided, [{ by: string; reason: string }]>(answer, {
        args: [{ by, reason }],
      });
    } catch (error) {
      throw refusal(error, workflowId);
    }
    const result = await awaitResult<PromoteResult>(served, handle, { cancel: false });
    if (!result) return;
    const { outcome, version } = result;
    say(json, { event: 'answered', workflowId, decided, outcome, version }, [
      `${outcome}${version === undefined ? '' : `: version ${version} is in production`} (${answer} by ${decided.by})`,
    ]);
  });
}

function refusal(error: unknown, workflowId: string): unknown {
  if (error instanceof WorkflowNotFoundError) {
    return new DiagnosticError('run-not-found', {
      message: `nothing waits for an answer under ${workflowId}: there is no such run, or it has ended`,
      fix: 'name the run that asked; the notification and the Temporal UI have its id',
      cause: error,
    });
  }
  if (error instanceof WorkflowUpdateFailedError) {
    return new DiagnosticError('answer-refused', {
      message: `${workflowId} did not take the answer: ${error.cause?.message ?? error.message}`,
      cause: error,
    });
  }
  return error;
}
