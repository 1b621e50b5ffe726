import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { followRun } from '../../../cli/runs/follow-run.js';
import { startTemporal } from '../../rig/temporal.js';

describe('a run whose workflow tasks fail', () => {
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await startTemporal();
  });
  afterAll(() => env?.teardown());

  it('is given up after a while, with what to do', async () => {
    const { client, address } = env;
    const taskQueue = randomUUID();
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue,
      workflowsPath: fileURLToPath(new URL('stuck/reproduce.ts', import.meta.url)),
    });
    await worker.runUntil(async () => {
      const run = await client.workflow.start('reproduce', { taskQueue, workflowId: randomUUID() });
      const following = followRun({
        client,
        address,
        workflowId: run.workflowId,
        firstRunId: run.firstExecutionRunId,
        interval: 100,
        signal: new AbortController().signal,
        emit: () => undefined,
        onLook: () => Promise.resolve(),
      });
      await expect(following).rejects.toMatchObject({
        code: 'run-stuck',
        fix: expect.stringContaining(`reprise runs cancel ${run.firstExecutionRunId} --force`) as string,
      });
      await run.terminate();
    });
  }, 120_000);
});
