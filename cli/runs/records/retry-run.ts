import { resolve } from 'node:path';
import {
  WorkflowExecutionAlreadyStartedError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { resolveTarget, type ConnectionFlags, type Session } from '../../connection/index.js';
import { createRenderer, type Renderer } from '../../display/index.js';
import { CommandExit, EXIT } from '../../report-error.js';
import { followRun } from '../follow-run.js';
import type { ReproOptions } from '../repro-options.js';
import { MEMO } from '../start-run.js';
import { findRun } from './find-run.js';
import { readDetails } from './read-details.js';
import { readInput } from './read-input.js';
import { retryInput } from './retry-input.js';
import type { RunRecord } from './run-record.js';
import { withSession } from './runs-session.js';

export interface RetryOptions extends ConnectionFlags {
  readonly json?: boolean;
  /** Only start it. */
  readonly detach?: boolean;
}

interface Retry {
  readonly run: RunRecord;
  readonly description: WorkflowExecutionDescription;
  readonly input: Readonly<Record<string, unknown>>;
}

const LOOK_MS = 3_000;

/**
 * `reprise runs retry`: starts again what a finished run left undone.
 *
 * @throws DiagnosticError `run-not-found`, `run-open`, `nothing-to-retry`; CommandExit when it fails again
 */
export async function retryRun(id: string, options: RetryOptions): Promise<void> {
  const renderer = createRenderer({ json: options.json ?? false });
  const embedded = resolveTarget(options).kind === 'embedded';
  try {
    const again = await withSession(options, async (session, root) => {
      const retry = await prepare(session.client, id);
      // On the project's own server nobody else would run it: this process does, as `reprise repro`.
      if (embedded && retry.run.type === 'reproduce') return reproOptions(retry, root, options, renderer);
      await startAgain(session, retry, options.detach ?? false, renderer);
      return undefined;
    });
    if (again) await (await import('../repro.js')).repro(again);
  } finally {
    renderer.close();
  }
}

async function prepare(client: Client, id: string): Promise<Retry> {
  const description = await findRun(client, id);
  const details = await readDetails(client, description);
  const { run } = details;
  if (run.closedAt === undefined) {
    throw new DiagnosticError('run-open', {
      message: `the run ${run.runId} has not ended`,
      fix: 'wait for its end, or end it: `reprise runs cancel`',
    });
  }
  if (run.status === 'succeeded') {
    throw new DiagnosticError('nothing-to-retry', {
      message: `the run ${run.runId} succeeded`,
      fix: 'to make everything again: `reprise repro --force`',
    });
  }
  return { run, description, input: retryInput(await readInput(client, description), details) };
}

function reproOptions(
  { input, run }: Retry,
  root: string,
  options: RetryOptions,
  renderer: Renderer,
): ReproOptions {
  const { workspace, ...rest } = input as { workspace?: { path: string } } & ReproOptions['input'];
  return {
    cwd: resolve(root, workspace?.path ?? '.'),
    input: rest,
    connection: options,
    wait: false,
    summary: `reprise runs retry ${run.runId}`,
    renderer,
  };
}

async function startAgain(
  { client, address, runAddress }: Session,
  { run, description, input }: Retry,
  detach: boolean,
  renderer: Renderer,
): Promise<void> {
  const { workflowId, project = '' } = run;
  const digest = description.memo?.[MEMO];
  const handle = await client.workflow
    .start(run.type, {
      taskQueue: description.taskQueue,
      workflowId,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      args: [input],
      ...(digest === undefined ? {} : { memo: { [MEMO]: digest } }),
      staticSummary: `reprise runs retry ${run.runId}`,
    })
    .catch((cause: unknown) => {
      if (!(cause instanceof WorkflowExecutionAlreadyStartedError)) throw cause;
      throw new DiagnosticError('run-in-progress', {
        message: `another run of ${workflowId} is in progress`,
        fix: 'wait for its end, or end it: `reprise runs cancel`',
        cause,
      });
    });
  const runId = handle.firstExecutionRunId;
  const ui = runAddress(workflowId, runId);
  const follow = !detach && run.type === 'reproduce';
  const state = follow ? 'started' : 'detached';
  renderer.show({ event: 'run', state, project, workflowId, runId, ...(ui === undefined ? {} : { ui }) });
  if (!follow) return;
  const stop = new AbortController();
  const outcome = await followRun({
    client,
    address,
    workflowId,
    firstRunId: runId,
    interval: LOOK_MS,
    signal: stop.signal,
    emit: (event) => renderer.show(event),
    onLook: () => Promise.resolve(),
  });
  if (!outcome) return;
  renderer.show({ event: 'end', ...outcome });
  if (outcome.status === 'canceled') throw new CommandExit(EXIT.interrupted);
  if (outcome.status === 'failed') throw new CommandExit(EXIT.failure);
}
