import { WorkflowFailedError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { StageState, StageSummary } from '../../../workflows/index.js';
import { readOutcome } from '../outcome.js';
import { takeSnapshot, type Snapshot } from '../snapshot.js';
import { memoOf, recordOf, type RunRecord } from './run-record.js';

/** A stage as far as it is known; of a finished run, from its result. */
export type StageDetails = Pick<StageState, 'address' | 'status'> &
  Partial<Omit<StageState, 'address' | 'status'>> & { readonly seconds?: number };

export interface RunDetails {
  readonly run: RunRecord;
  readonly stages: readonly StageDetails[];
  /** Why it ended, when that was no stage's fault. */
  readonly error?: { readonly code: string; readonly message: string; readonly fix?: string };
  /** What a run of another workflow gave. */
  readonly result?: unknown;
  /** It is open, and no worker answers for it: what stands here is what the server alone knows. */
  readonly unanswered?: true;
  /** Of an open run. */
  readonly snapshot?: Snapshot;
}

/** A run at this moment, or how it ended. Never waits for a worker longer than a query may take. */
export async function readDetails(
  client: Client,
  description: WorkflowExecutionDescription,
): Promise<RunDetails> {
  return description.status.name === 'RUNNING'
    ? await open(client, description)
    : await closed(client, description);
}

async function open(
  client: Client,
  { workflowId, runId }: WorkflowExecutionDescription,
): Promise<RunDetails> {
  const snapshot = await takeSnapshot(client, workflowId, runId);
  const run = recordOf(snapshot.description);
  if (snapshot.state) return { run, stages: snapshot.state.stages ?? [], snapshot };
  const stages = [...snapshot.live.values()].map(({ progress, running }) => ({
    address: progress.address,
    status: running ? ('running' as const) : ('scheduled' as const),
    attempt: progress.attempt,
    hosts: [progress.host],
  }));
  return { run, stages, snapshot, unanswered: true };
}

async function closed(client: Client, description: WorkflowExecutionDescription): Promise<RunDetails> {
  const { workflowId, runId } = description;
  const run = recordOf(description);
  if (run.type !== 'reproduce') return { run, stages: [], ...(await otherEnd(client, workflowId, runId)) };
  try {
    const { stages } = await readOutcome(client, workflowId, runId, undefined);
    const known = stages.length > 0 ? stages : (memoOf(description).summary ?? []);
    return { run, stages: known.map(fromSummary) };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const { code, message, fix } = error;
    return { run, stages: [], error: { code, message, ...(fix === undefined ? {} : { fix }) } };
  }
}

function fromSummary({ address, outcome, seconds, attempts, error, hosts }: StageSummary): StageDetails {
  return {
    address,
    status: outcome,
    attempt: attempts,
    seconds,
    ...(error ? { error } : {}),
    ...(hosts ? { hosts } : {}),
  };
}

async function otherEnd(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<Pick<RunDetails, 'result' | 'error'>> {
  try {
    return { result: await client.workflow.getHandle(workflowId, runId).result() };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    return { error: { code: cause?.name ?? 'failed', message: cause?.message ?? error.message } };
  }
}
