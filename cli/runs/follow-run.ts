import type { RunState } from '../../workflows/index.js';
import type { Client } from '@temporalio/client';
import type { RunEvent } from '../display/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { connectionDiagnostic, isPassing } from '../connection/index.js';
import { noWorker } from './no-worker.js';
import { Observer } from './observer.js';
import { readOutcome, type Outcome } from './outcome.js';
import { pause } from './pause.js';
import { RunEnd } from './run-end.js';
import { takeSnapshot, type Snapshot } from './snapshot.js';

export interface FollowOptions {
  readonly client: Client;
  readonly address: string;
  readonly workflowId: string;
  readonly firstRunId: string;
  /** Milliseconds between two looks. */
  readonly interval: number;
  /** Ends the following; the run goes on. */
  readonly signal: AbortSignal;
  emit(event: RunEvent): void;
  /** Called between two looks; what it throws ends the following. */
  onLook(): Promise<void>;
}

/** So long may the server be away before the wait between two tries stops growing. */
const LONGEST_WAIT_MS = 5_000;
/** Looks without an answer from any worker, before a person is told. */
const SILENT_LOOKS = 6;
/** Looks at a run whose workflow tasks fail, before it is given up. */
const FAILING_LOOKS = 60;
/** A look at more stages than this is work: for us, for the server, and for the worker that is to run them. */
const MANY_STAGES = 500;
/** Then a wait is so many times as long as the look before it. */
const LOOK_SHARE = 4;

/**
 * Watches a run to its end. A server that goes away is waited for: the run is in its database.
 *
 * @returns undefined when `signal` ended it
 * @throws DiagnosticError `run-stuck`; when the run failed before its stages, or the server refuses us
 */
export async function followRun(options: FollowOptions): Promise<Outcome | undefined> {
  const end = new RunEnd(options);
  try {
    return await follow(options, end);
  } finally {
    end.close();
  }
}

async function follow(options: FollowOptions, end: RunEnd): Promise<Outcome | undefined> {
  const { client, workflowId, signal, emit } = options;
  const observer = new Observer(emit);
  let state: RunState | undefined;
  let misses = 0;
  let silent = 0;
  let failing = 0;
  while (!signal.aborted) {
    await options.onLook();
    const looked = Date.now();
    let snapshot: Snapshot;
    try {
      snapshot = await takeSnapshot(client, workflowId);
      const { description } = snapshot;
      const ours =
        (description.raw.workflowExecutionInfo?.firstRunId || description.runId) === options.firstRunId;
      state = (ours ? snapshot.state : undefined) ?? state;
      if (ours) observer.see(snapshot);
      if (!ours || description.status.name !== 'RUNNING') {
        const runId = ours ? description.runId : options.firstRunId;
        const outcome = await readOutcome(client, workflowId, runId, state);
        observer.finish(outcome.stages);
        return outcome;
      }
    } catch (error) {
      if (!isPassing(error)) throw refusal(error, options);
      if (misses++ === 0) emit({ event: 'server', state: 'lost', address: options.address });
      await pause(Math.min(LONGEST_WAIT_MS, 250 * 2 ** misses), signal);
      continue;
    }
    if (misses > 0) emit({ event: 'server', state: 'back', address: options.address });
    misses = 0;
    silent = snapshot.state ? 0 : silent + 1;
    if (silent === SILENT_LOOKS) emit(noWorker('run', snapshot.description.taskQueue));
    failing = snapshot.isFailing ? failing + 1 : 0;
    if (failing === FAILING_LOOKS) throw stuck(snapshot);
    const isMuch = (snapshot.state?.stages.length ?? 0) > MANY_STAGES;
    const rest = isMuch ? Math.min(LONGEST_WAIT_MS, LOOK_SHARE * (Date.now() - looked)) : 0;
    await end.within(Math.max(options.interval, rest));
  }
  return undefined;
}

function stuck({ description: { runId, taskQueue } }: Snapshot): DiagnosticError {
  return new DiagnosticError('run-stuck', {
    message: `the run ${runId} cannot go on: its workflow tasks fail, one after the other`,
    fix:
      `see why in Temporal's UI, or in the log of the worker of ${taskQueue}; \`reprise runs cancel ${runId} --force\` ends it, ` +
      'and the same command again begins a new one: what it had finished is kept',
  });
}

function refusal(error: unknown, { address, client }: FollowOptions): unknown {
  const denied =
    error instanceof Error &&
    /PERMISSION_DENIED|UNAUTHENTICATED/.test(`${error.message} ${String(error.cause)}`);
  return denied ? connectionDiagnostic(address, client.options.namespace, error) : error;
}
