import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { DiagnosticError } from '../../diagnostics/index.js';
import { connectionDiagnostic, isPassing } from '../connection/index.js';
import type { NoticeEvent, ServerEvent } from '../display/index.js';
import { noWorker } from './no-worker.js';
import { pause } from './pause.js';
import { RunEnd } from './run-end.js';

export interface WatchOptions {
  readonly client: Client;
  readonly address: string;
  readonly workflowId: string;
  readonly firstRunId: string;
  /** Milliseconds between two looks. */
  readonly interval: number;
  /** Ends the watching; the workflow goes on. */
  readonly signal: AbortSignal;
  emit(event: ServerEvent | NoticeEvent): void;
}

/** What is seen of a workflow at one moment. */
export interface Look {
  readonly description: WorkflowExecutionDescription;
  /** A worker answered for it. */
  readonly isAnswered: boolean;
  /** The server says that its tasks fail, one after the other. */
  readonly isFailing: boolean;
  /** Milliseconds to wait at least until the next look, where a look is work. */
  readonly rest?: number;
}

/** How a workflow is looked at: once in each round of the watching. */
export interface Watcher<Seen extends Look, Ended> {
  readonly what: 'run' | 'sweep';
  /** Before each look; what it throws ends the watching. */
  before(): Promise<void>;
  look(): Promise<Seen>;
  /** Called when the look was at the workflow that is watched, and not at one begun after it under the same id. */
  see(look: Seen): void;
  /** @param runId of the last run of the chain that is watched */
  end(runId: string): Promise<Ended>;
}

/** So long may the server be away before the wait between two tries stops growing. */
const LONGEST_WAIT_MS = 5_000;
/** Looks without an answer from any worker, before a person is told. */
const SILENT_LOOKS = 6;
/** Looks at a workflow whose tasks fail, before it is given up. */
const FAILING_LOOKS = 60;

/**
 * Watches a workflow to its end. A server that goes away is waited for: the workflow is in its database.
 *
 * @returns undefined when `signal` ended it
 * @throws DiagnosticError `run-stuck`; when the server refuses us; what the watcher throws
 */
export async function watchWorkflow<Seen extends Look, Ended>(
  options: WatchOptions,
  watcher: Watcher<Seen, Ended>,
): Promise<Ended | undefined> {
  const end = new RunEnd(options);
  try {
    return await watch(options, watcher, end);
  } finally {
    end.close();
  }
}

async function watch<Seen extends Look, Ended>(
  options: WatchOptions,
  watcher: Watcher<Seen, Ended>,
  end: RunEnd,
): Promise<Ended | undefined> {
  const { address, firstRunId, signal, emit } = options;
  let misses = 0;
  let silent = 0;
  let failing = 0;
  while (!signal.aborted) {
    await watcher.before();
    let look: Seen;
    try {
      look = await watcher.look();
      const { raw, runId, status } = look.description;
      const ours = (raw.workflowExecutionInfo?.firstRunId || runId) === firstRunId;
      if (ours) watcher.see(look);
      if (!ours || status.name !== 'RUNNING') return await watcher.end(ours ? runId : firstRunId);
    } catch (error) {
      if (!isPassing(error)) throw refusal(error, options);
      if (misses++ === 0) emit({ event: 'server', state: 'lost', address });
      await pause(Math.min(LONGEST_WAIT_MS, 250 * 2 ** misses), signal);
      continue;
    }
    if (misses > 0) emit({ event: 'server', state: 'back', address });
    misses = 0;
    silent = look.isAnswered ? 0 : silent + 1;
    if (silent === SILENT_LOOKS) emit(noWorker(watcher.what, look.description.taskQueue));
    failing = look.isFailing ? failing + 1 : 0;
    if (failing === FAILING_LOOKS) throw stuck(watcher.what, look.description);
    await end.within(Math.max(options.interval, Math.min(LONGEST_WAIT_MS, look.rest ?? 0)));
  }
  return undefined;
}

function stuck(what: 'run' | 'sweep', { runId, taskQueue }: WorkflowExecutionDescription): DiagnosticError {
  return new DiagnosticError('run-stuck', {
    message: `the ${what} ${runId} cannot go on: its workflow tasks fail, one after the other`,
    fix:
      `see why in Temporal's UI, or in the log of the worker of ${taskQueue}; \`reprise runs cancel ${runId} --force\` ends it, ` +
      'and the same command again begins a new one: what it had finished is kept',
  });
}

function refusal(error: unknown, { address, client }: WatchOptions): unknown {
  const denied =
    error instanceof Error &&
    /PERMISSION_DENIED|UNAUTHENTICATED/.test(`${error.message} ${String(error.cause)}`);
  return denied ? connectionDiagnostic(address, client.options.namespace, error) : error;
}
