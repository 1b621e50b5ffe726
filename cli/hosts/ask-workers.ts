import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { WORKFLOW_QUEUE, type DescribeWorkersResult, type WorkerDescription } from '../../workflows/index.js';
import type { SeenWorker } from './seen-workers.js';

/** A worker answers in far less, or not at all. */
const ANSWER_MS = 10_000;

/** What those of the workers that answer say of themselves, by identity. The workflow that asks them is deleted afterwards. */
export async function askWorkers(
  client: Client,
  workers: readonly SeenWorker[],
): Promise<ReadonlyMap<string, WorkerDescription>> {
  if (workers.length === 0) return new Map();
  // Where builds are versioned, a new workflow goes to the current one, which need not have a worker, or be set.
  const { buildId, deployment } = workers.find((worker) => worker.deployment !== undefined) ?? {};
  const handle = await client.workflow.start('describeWorkers', {
    workflowId: `reprise-workers-${randomUUID()}`,
    taskQueue: WORKFLOW_QUEUE,
    workflowExecutionTimeout: ANSWER_MS,
    staticSummary: 'reprise workers',
    args: [{ identities: workers.map(({ identity }) => identity) }],
    ...(buildId !== undefined && deployment !== undefined
      ? { versioningOverride: { pinnedTo: { buildId, deploymentName: deployment } } }
      : {}),
  });
  try {
    const { workers: answers } = (await client.withDeadline(Date.now() + ANSWER_MS + 2_000, () =>
      handle.result(),
    )) as DescribeWorkersResult;
    return new Map(answers.map((answer) => [answer.identity, answer]));
  } catch {
    return new Map();
  } finally {
    await client.workflowService
      .deleteWorkflowExecution({
        namespace: client.options.namespace,
        workflowExecution: { workflowId: handle.workflowId },
      })
      // Servers may forbid it: then it stays for as long as the namespace keeps its workflows.
      .catch(() => undefined);
  }
}
