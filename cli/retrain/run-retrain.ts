import { createHash } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import { DiagnosticError } from '../../diagnostics/index.js';
import {
  STATE_QUERY,
  WORKFLOW_QUEUE,
  answerCommands,
  describe,
  type RetrainInput,
  type RetrainResult,
  type RetrainState,
} from '../../workflows/index.js';
import type { ConnectionFlags } from '../connection/index.js';
import type { GitPlace } from '../runs/git-place.js';
import { awaitResult } from './await-result.js';
import { say } from './say.js';
import { withServedSession, type ServedSession } from './served-session.js';

export interface RunRetrainOptions {
  readonly cwd: string;
  readonly input: RetrainInput;
  readonly connection: ConnectionFlags;
  /** Default: that of `reprise worker`. */
  readonly taskQueue?: string;
  readonly workspace: string | undefined;
  readonly place?: GitPlace | undefined;
  readonly json: boolean;
}

const MEMO = 'repriseInput';

/** `reprise retrain`: one retraining, from new data to the decision. Killed, the same command goes on with it. */
export async function runRetrain(options: RunRetrainOptions): Promise<void> {
  const { json } = options;
  await withServedSession(options, async (served) => {
    const handle = await start(served, options);
    const { workflowId } = handle;
    say(json, { event: 'retrain', state: 'started', project: served.project, workflowId }, [
      `retraining ${served.project} (${workflowId})`,
    ]);
    let shown = '';
    const result = await awaitResult<RetrainResult>(served, handle, {
      cancel: true,
      async onLook() {
        const state = await handle.query<RetrainState>(STATE_QUERY).catch(() => undefined);
        if (!state || state.status === shown) return;
        shown = state.status;
        say(json, { event: 'status', status: shown }, [`  ${shown}`]);
      },
    });
    if (result) say(json, { event: 'end', ...result }, linesOf(result));
  });
}

async function start(
  served: ServedSession,
  { input, taskQueue = WORKFLOW_QUEUE }: RunRetrainOptions,
): Promise<WorkflowHandle> {
  const { session, runId } = served;
  const workflowId = `${runId}-retrain`;
  const asked = { ...input, workspace: served.workspace };
  const digest = createHash('sha256').update(JSON.stringify(asked)).digest('hex');
  try {
    return await session.client.workflow.start('retrain', {
      taskQueue,
      workflowId,
      args: [asked],
      memo: { [MEMO]: digest },
      staticSummary: 'reprise retrain',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const handle = session.client.workflow.getHandle(workflowId);
    const { memo, startTime } = await handle.describe();
    if (memo?.[MEMO] === digest) return handle;
    throw new DiagnosticError('run-in-progress', {
      message: `another retraining of this project is in progress (${workflowId}, since ${startTime.toISOString()})`,
      fix: `wait for it, or end it: temporal workflow cancel --workflow-id ${workflowId}`,
    });
  }
}

function linesOf({ outcome, version, judged, promotion, notifications, stages }: RetrainResult): string[] {
  const ran = stages.filter((stage) => stage.outcome === 'ran').map((stage) => stage.address);
  const failed = notifications.filter((sent) => !sent.sent);
  return [
    `${outcome}: ${version === 0 ? 'nothing' : `version ${version}`} is in production`,
    `  ran: ${ran.join(', ') || 'nothing'}`,
    ...(judged ? describe(judged.judgement).map((line) => `  ${line}`) : []),
    ...(promotion === undefined
      ? []
      : ['  to answer:', ...answerCommands(promotion).map((line) => `    ${line}`)]),
    ...failed.map(({ channel, event, error }) => `  ${channel} was not told of ${event}: ${error ?? ''}`),
  ];
}
