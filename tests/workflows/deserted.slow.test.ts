import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { dataConverter } from '../../workers/index.js';
import { workflowBundle } from '../../workers/workflow-bundle.js';
import type {
  Plan,
  PlannedStage,
  ReproduceResult,
  RunStageInput,
  RunStageResult,
} from '../../workflows/index.js';
import { startTemporal } from '../rig/temporal.js';

const STAGE: PlannedStage = {
  address: 'train',
  name: 'train',
  dvcfile: 'dvc.yaml',
  upstream: [],
  labels: ['npu'],
  queue: 'reprise-npu',
  retries: 0,
  timeout: 100,
  priority: 3,
  fairness: { fairnessKey: 'project' },
  upToDate: false,
  locked: true,
};

/** The server remembers a worker for a minute and a half: this one is gone when the test says so. */
describe('a stage whose workers have all left before one took it', () => {
  let env: TestWorkflowEnvironment;
  let worker: Worker;
  let running: Promise<void>;
  let isServed: () => boolean;
  let asked: number;
  beforeAll(async () => {
    env = await startTemporal();
    const runStage = ({ address }: RunStageInput): RunStageResult => ({
      address,
      outcome: 'ran',
      seconds: 1,
      usage: { gpuSeconds: 0, gpuSecondsLost: 0, gpuSecondsUnsaved: 0 },
      host: 'here',
      bytes: 0,
    });
    const shared = { connection: env.nativeConnection, dataConverter };
    const cpu = await Worker.create({ ...shared, taskQueue: 'reprise-cpu', activities: { runStage } });
    worker = await Worker.create({
      ...shared,
      taskQueue: 'reprise',
      workflowBundle: workflowBundle(),
      activities: {
        plan: (): Plan => ({
          project: 'project',
          workspace: { kind: 'path', path: '.' },
          stages: [STAGE],
          searchAttributes: false,
        }),
        servedQueues(queues: readonly string[]) {
          asked++;
          return isServed() ? queues : [];
        },
      },
    });
    running = cpu.runUntil(worker.run()).then(() => undefined);
  });
  afterAll(async () => {
    worker?.shutdown();
    await running;
    await env?.teardown();
  });
  beforeEach(() => {
    asked = 0;
    // They were there when the stage was given to their queue.
    isServed = () => asked <= 2;
  });

  const run = async (input: object): Promise<ReproduceResult> =>
    (await env.client.workflow.execute('reproduce', {
      taskQueue: 'reprise',
      workflowId: randomUUID(),
      workflowExecutionTimeout: '1 minute',
      args: [{ heartbeat: 1, ...input }],
    })) as ReproduceResult;

  it('goes to the CPU, where it may', async () => {
    expect((await run({ cpuFallback: true })).stages).toMatchObject([{ outcome: 'ran', hosts: ['here'] }]);
    expect(asked).toBe(3);
  });

  it('fails after its timeout, as one that nobody served from the start', async () => {
    const error: unknown = await run({ labelTimeout: 1 }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    const { details } = (error as WorkflowFailedError).cause as ApplicationFailure;
    expect((details?.[0] as ReproduceResult).stages).toMatchObject([
      { outcome: 'failed', error: { code: 'label-unserved' }, attempts: 1 },
    ]);
  });

  it('stays where it is while they are only busy', async () => {
    isServed = () => true;
    await expect(
      env.client.workflow.execute('reproduce', {
        taskQueue: 'reprise',
        workflowId: randomUUID(),
        workflowExecutionTimeout: '15 seconds',
        args: [{ heartbeat: 1, labelTimeout: 1, cpuFallback: true }],
      }),
    ).rejects.toThrow(WorkflowFailedError);
    expect(asked).toBeGreaterThan(2);
  });
});
