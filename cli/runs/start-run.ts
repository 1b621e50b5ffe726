import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { DiagnosticError } from '../../diagnostics/index.js';
import { WORKFLOW_QUEUE, summaryOf, type ReproduceInput, type SweepInput } from '../../workflows/index.js';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '../connection/temporal-client.js';
import { pause } from './pause.js';

export interface StartOptions {
  readonly client: Client;
  readonly workflowId: string;
  /** Default: that of `reprise worker`. */
  readonly taskQueue?: string | undefined;
  /** Default: `reproduce`. */
  readonly workflow?: 'reproduce' | 'sweep';
  readonly input: ReproduceInput | SweepInput;
  readonly digest: string;
  /** The command as a person typed it, for the UI. */
  readonly summary: string;
  /** Wait for another run of this project in place of refusing. */
  readonly wait: boolean;
  /**
   * Pid of the live process that owns the project's run; undefined when there is none. Absent for a remote server, where runs
   * live without a process of ours.
   */
  readonly owner?: () => number | undefined;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  onWait(message: string): void;
}

export interface StartedRun {
  readonly state: 'started' | 'attached' | 'watching';
  readonly workflowId: string;
  /** Of the chain's first run: it stays when a run continues as new. */
  readonly firstRunId: string;
  /** A run that asked for something else, whose owner was gone, was ended for this one. */
  readonly replaced: boolean;
}

/** Holds what `inputDigest` gave: a command that asks for the same takes the run up. */
export const MEMO = 'repriseInput';
const WAIT_MS = 1_000;

/**
 * Starts the project's run, or takes up the one that is open.
 *
 * @returns undefined when `signal` ended it before
 * @throws DiagnosticError `run-in-progress`
 */
export async function startRun(options: StartOptions): Promise<StartedRun | undefined> {
  const signal = options.signal ?? new AbortController().signal;
  let told = false;
  while (!signal.aborted) {
    const open = await findOpen(options);
    if (open && open.memo?.[MEMO] === options.digest) {
      const watching = options.owner === undefined || options.owner() !== undefined;
      return {
        state: watching ? 'watching' : 'attached',
        workflowId: options.workflowId,
        firstRunId: open.raw.workflowExecutionInfo?.firstRunId || open.runId,
        replaced: false,
      };
    }
    const blocker = open && blockedBy(options, open);
    if (blocker === undefined) {
      const started = await start(options, open !== undefined);
      if (started) return started;
    } else if (options.wait) {
      if (!told) options.onWait(blocker.message);
      told = true;
      await pause(WAIT_MS, signal);
    } else throw blocker;
  }
  return undefined;
}

async function findOpen({
  client,
  workflowId,
}: StartOptions): Promise<WorkflowExecutionDescription | undefined> {
  try {
    const found = await client.workflow.getHandle(workflowId).describe();
    return found.status.name === 'RUNNING' ? found : undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** Undefined when the open run may be replaced: whoever asked for it is gone. */
function blockedBy(
  { owner, workflowId }: StartOptions,
  open: WorkflowExecutionDescription,
): DiagnosticError | undefined {
  const parent = open.raw.workflowExecutionInfo?.parentExecution?.workflowId;
  if (parent) {
    return new DiagnosticError('run-in-progress', {
      message: `this project's stages are run by ${parent}, since ${open.startTime.toISOString()}`,
      fix: `wait for it (--wait), or end it: temporal workflow cancel --workflow-id ${parent}`,
    });
  }
  const pid = owner?.();
  if (owner !== undefined && pid === undefined) return undefined;
  const since = open.startTime.toISOString();
  return new DiagnosticError('run-in-progress', {
    message: `another run of this project, of other targets or other files, is in progress (${workflowId}, since ${since}${pid === undefined ? '' : `, process ${pid}`})`,
    fix:
      pid === undefined
        ? `wait for it (--wait), or end it: temporal workflow cancel --workflow-id ${workflowId}`
        : `wait for it (--wait), or end it: kill -INT ${pid}`,
  });
}

/** Undefined when another process was faster. */
async function start(options: StartOptions, replace: boolean): Promise<StartedRun | undefined> {
  const { client, workflowId, input, digest, summary } = options;
  try {
    const handle = await client.workflow.start(options.workflow ?? 'reproduce', {
      taskQueue: options.taskQueue ?? WORKFLOW_QUEUE,
      workflowId,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: replace ? 'TERMINATE_EXISTING' : 'FAIL',
      args: [input],
      memo: { [MEMO]: digest },
      staticSummary: summaryOf(summary),
    });
    return { state: 'started', workflowId, firstRunId: handle.firstExecutionRunId, replaced: replace };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  }
}
