import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment, type TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { ActivityDependencies } from '../../activities/index.js';
import { servedQueues } from '../../activities/served-queues.js';
import { ANNOUNCE_QUEUE, announcedLabels, hostQueue, stageQueue } from '../../workflows/index.js';
import { makeProject } from '../rig/project.js';
import { startTemporal, startWorkers } from '../rig/temporal.js';

describe('queues that are served', () => {
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await startTemporal();
  });
  afterAll(() => env?.teardown());

  const served = async (...queues: string[]): Promise<readonly string[]> => {
    const context = new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: Date.now() });
    return (await context.run(servedQueues, env as unknown as ActivityDependencies, queues)) as string[];
  };
  /** Until the server knows of its polls. */
  const soon = async (look: () => Promise<readonly string[]>, expected: readonly string[]) => {
    for (let tries = 0; tries < 1200 && (await look()).length < expected.length; tries++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await look()).toEqual(expected);
  };

  it('are those of a worker whose slots are all taken, too: it polls none of them', async () => {
    const busy = await Worker.create({
      connection: env.nativeConnection,
      identity: announcedLabels('1@busy', ['npu', 'big']),
      taskQueue: ANNOUNCE_QUEUE,
      activities: { describeWorker: () => undefined },
    });
    await busy.runUntil(async () => {
      const queues = [['npu'], ['big'], ['npu', 'big'], ['other'], ['npu', 'other']].map(stageQueue);
      await soon(() => served(...queues), queues.slice(0, 3));
      // What only one host serves is for when it is free.
      expect(await served(hostQueue(stageQueue(['npu']), 'busy'))).toEqual([]);
    });
  });

  it('are known by the server’s clock, however wrong that of this host is', async () => {
    const label = `l${randomUUID().slice(0, 8)}`;
    const stop = await startWorkers(env, makeProject({}), { labels: [label], slots: 1 });
    const now = Date.now.bind(Date);
    try {
      await soon(() => served(stageQueue([label])), [stageQueue([label])]);
      const context = new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: now() });
      jest.spyOn(Date, 'now').mockImplementation(() => now() + 3_600_000);
      const queues = [stageQueue([label])];
      expect(await context.run(servedQueues, env as unknown as ActivityDependencies, queues)).toEqual(queues);
    } finally {
      jest.restoreAllMocks();
      await stop();
    }
  });

  it('are announced by each worker, with its labels', async () => {
    const stop = await startWorkers(env, makeProject({}), { labels: ['announced'], hostId: 'here' });
    const announced = async (): Promise<string[]> => {
      const { pollers } = await env.client.workflowService.describeTaskQueue({
        namespace: env.client.options.namespace,
        taskQueue: { name: ANNOUNCE_QUEUE },
        taskQueueType: 2,
      });
      return (pollers ?? []).map(({ identity }) => identity ?? '').filter((name) => name.includes('@here'));
    };
    try {
      await soon(announced, [announcedLabels(`${process.pid}@here`, ['announced'])]);
    } finally {
      await stop();
    }
  });
});
