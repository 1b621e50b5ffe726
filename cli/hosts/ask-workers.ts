import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { WORKFLOW_QUEUE, type DescribeWorkersResult, type WorkerDescription } from '../../workflows/index.js';
import { pause } from '../runs/pause.js';
import type { SeenWorker } from './seen-workers.js';

/** A worker answers in far less, or not at all. */
const ANSWER_MS = 10_000;
const LOOK_MS = 500;

/**
 * What those of the workers that answer say of themselves, by identity. A `reprise worker` has them all asked; where there is none, an
 * application's workers are asked on their own queue, if it exports `describeWorkers`.
 */
export async function askWorkers(
  client: Client,
  workers: readonly SeenWorker[],
): Promise<ReadonlyMap<string, WorkerDescription>> {
  const queues = [...new Set(workers.map(({ taskQueue }) => taskQueue))];
  const answers = await Promise.all(
    queues.map((queue) => {
      const own = workers.filter(({ taskQueue }) => taskQueue === queue);
      return ask(client, queue, own, queue === WORKFLOW_QUEUE ? workers : own);
    }),
  );
  return new Map(answers.flat().map((answer) => [answer.identity, answer]));
}

/** The workflow that asks them is deleted afterwards. */
async function ask(
  client: Client,
  taskQueue: string,
  askers: readonly SeenWorker[],
  asked: readonly SeenWorker[],
): Promise<readonly WorkerDescription[]> {
  // Where builds are versioned, a new workflow goes to the current one, which need not have a worker, or be set.
  const { buildId, deployment } = askers.find((worker) => worker.deployment !== undefined) ?? {};
  const handle = await client.workflow.start('describeWorkers', {
    workflowId: `reprise-workers-${randomUUID()}`,
    taskQueue,
    workflowExecutionTimeout: ANSWER_MS,
    staticSummary: 'reprise workers',
    args: [{ identities: asked.map(({ identity }) => identity) }],
    ...(buildId !== undefined && deployment !== undefined
      ? { versioningOverride: { pinnedTo: { buildId, deploymentName: deployment } } }
      : {}),
  });
  const done = new AbortController();
  try {
    const signal = AbortSignal.any([done.signal, AbortSignal.timeout(ANSWER_MS + 2_000)]);
    const answer = client.withAbortSignal(signal, () => handle.result() as Promise<DescribeWorkersResult>);
    const { workers } = await Promise.race([answer, untilRefused(handle, done.signal)]);
    return workers;
  } catch {
    return [];
  } finally {
    done.abort();
    await client.workflowService
      .deleteWorkflowExecution({
        namespace: client.options.namespace,
        workflowExecution: { workflowId: handle.workflowId },
      })
      // Servers may forbid it: then it stays for as long as the namespace keeps its workflows.
      .catch(() => undefined);
  }
}

/** A worker that does not know the workflow fails its first task, and each that follows. */
async function untilRefused(handle: WorkflowHandle, signal: AbortSignal): Promise<DescribeWorkersResult> {
  while (!signal.aborted) {
    await pause(LOOK_MS, signal);
    const { raw } = await handle.describe();
    if ((raw.pendingWorkflowTask?.attempt ?? 1) > 1) break;
  }
  return { workers: [] };
}
