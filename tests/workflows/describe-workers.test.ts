import { randomUUID } from 'node:crypto';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { DescribeWorkersResult } from '../../workflows/index.js';
import { startTemporal, startWorkers } from '../rig/temporal.js';

let env: TestWorkflowEnvironment;
let stop: () => Promise<void>;
beforeAll(async () => {
  env = await startTemporal();
  const served = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-served-')));
  stop = await startWorkers(env, served, { hostId: 'alpha', slots: 3, labels: ['a100'] });
});
afterAll(async () => {
  await stop?.();
  await env?.teardown();
});

const describeWorkers = async (...args: unknown[]) =>
  (await env.client.workflow.execute('describeWorkers', {
    taskQueue: 'reprise',
    workflowId: randomUUID(),
    args,
  })) as DescribeWorkersResult;

describe('describeWorkers', () => {
  it('has what those say that answer, and leaves out the others', async () => {
    const { workers } = await describeWorkers({ identities: [`${process.pid}@alpha`, '1@gone'] });
    expect(workers).toEqual([
      expect.objectContaining({
        identity: `${process.pid}@alpha`,
        hostId: 'alpha',
        labels: ['a100'],
        queues: ['reprise', 'reprise-cpu', 'reprise-cpu@alpha', 'reprise-a100', 'reprise-a100@alpha'],
        slots: { cpu: { used: 0, total: 3 } },
        stages: [],
      }),
    ]);
  });

  it('takes no input for nobody, and refuses a wrong field by its name', async () => {
    expect(await describeWorkers()).toEqual({ workers: [] });
    for (const [input, field] of [
      [{ identities: 'x' }, 'identities'],
      [{ identities: [''] }, 'identities.0'],
      [{ identity: [] }, 'identity'],
    ] as const) {
      const failure = await describeWorkers(input).then(
        () => undefined,
        (error: WorkflowFailedError) => error.cause,
      );
      expect(failure).toMatchObject({ type: 'InvalidInput', nonRetryable: true, details: [{ field }] });
    }
  });
});
