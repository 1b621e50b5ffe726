import { randomUUID } from 'node:crypto';
import { WorkflowFailedError, type Client } from '@temporalio/client';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { readLog as readLocal } from '../../../runner/index.js';
import { logQueue, type LogPart, type ReadLogOptions } from '../../../workflows/index.js';
import { isServed } from './is-served.js';

export interface LogSource {
  readonly client: Client;
  /** Where the small workflow that reads runs. */
  readonly taskQueue: string;
  /** The run's id: of the first of its chain. */
  readonly run: string;
  /** The project here, and the id under which its workers are known, if it has had any. */
  readonly local: { readonly root: string; readonly hostId: string } | undefined;
}

export interface LogRequest {
  readonly stage: string;
  /** Undefined when nobody said yet where the stage ran. */
  readonly host: string | undefined;
  readonly offset: number;
  /** Seconds to wait for something new. */
  readonly wait: number;
}

const PART = 64 * 1024;
const NONE = { found: false, text: '', atEnd: true };

/**
 * A part of a stage's log: from the disk when it lies here, else from the host that has it, by way of the server.
 *
 * @throws DiagnosticError `host-away`
 */
export async function readLogPart(source: LogSource, request: LogRequest): Promise<LogPart> {
  const { local, run } = source;
  const { stage, host, offset } = request;
  if (local && (host === undefined || isHere(host, local.hostId))) {
    const part = await readLocal({ root: local.root, run, address: stage, offset, limit: PART });
    return part ? { found: true, ...part } : { ...NONE, next: offset };
  }
  return host === undefined ? { ...NONE, next: offset } : await readFar(source, { ...request, host });
}

/** Of a versioned worker, the host's id has the build's behind it. */
const isHere = (host: string, hostId: string): boolean => host === hostId || host.startsWith(`${hostId}.`);

async function readFar(source: LogSource, request: LogRequest & { readonly host: string }): Promise<LogPart> {
  const { client, taskQueue, run } = source;
  const { host, stage, offset, wait } = request;
  if (!(await isServed(client, logQueue(host), 'activities'))) throw away(stage, host);
  const workflowId = `reprise-log-${randomUUID()}`;
  const input: ReadLogOptions = { host, run, stage, offset, limit: PART, wait };
  const handle = await client.workflow.start('readLog', {
    taskQueue,
    workflowId,
    args: [input],
    // Longer than a host that is there may take, and short for somebody who waits for one that is not.
    workflowExecutionTimeout: `${wait + 25} seconds`,
  });
  try {
    return (await handle.result()) as LogPart;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw away(stage, host, error);
  } finally {
    // It has said what it had to say: lists of workflows are not to fill up with readers of logs.
    await client.workflowService
      .deleteWorkflowExecution({ namespace: client.options.namespace, workflowExecution: { workflowId } })
      .catch(() => undefined);
  }
}

function away(stage: string, host: string, cause?: WorkflowFailedError): DiagnosticError {
  const found = deepest(cause)?.message;
  return new DiagnosticError('host-away', {
    message: `the log of ${stage} is on the host ${host}, which does not answer`,
    ...(found === undefined ? {} : { found }),
    fix: 'start `reprise worker` there, with the same folder',
    cause,
  });
}

/** Temporal wraps what happened in what it happened to. */
function deepest(error: Error | undefined): Error | undefined {
  return error?.cause instanceof Error ? deepest(error.cause) : error;
}
