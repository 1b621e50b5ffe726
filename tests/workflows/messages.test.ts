import { randomUUID } from 'node:crypto';
import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkflowFailedError, WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { PROGRESS_SIGNAL, STATE_QUERY, type ReproduceResult, type RunState } from '../../workflows/index.js';
import { makeProject } from '../rig/project.js';
import { startTemporal, startWorkers } from '../rig/temporal.js';

let env: TestWorkflowEnvironment;
const served = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-served-')));
let stopWorkers: () => Promise<void>;
beforeAll(async () => {
  env = await startTemporal();
  stopWorkers = await startWorkers(env, served, { slots: 2 });
});
afterAll(async () => {
  await stopWorkers?.();
  await env?.teardown();
});

/** JSON by its header, and not by its bytes. */
const TORN = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{"address": ') };
const STRANGE = { metadata: { encoding: Buffer.from('binary/none-of-ours') }, data: Buffer.from([0, 255]) };

const progress = (more: object) => ({ address: 'long', attempt: 1, host: 'somewhere', ...more });

const GARBAGE: readonly unknown[] = [
  null,
  42,
  'step 3',
  [],
  {},
  { address: null },
  progress({ attempt: 'one' }),
  progress({ step: 'NaN' }),
  progress({ metrics: { loss: 'low' } }),
  progress({ metrics: Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`m${i}`, i])) }),
  progress({ message: 'x'.repeat(500_000) }),
  progress({ tail: [null] }),
  progress({ tail: Array.from({ length: 10_000 }, () => 'line') }),
  progress({ checkpoint: 'newest' }),
  { ...progress({}), address: 'x'.repeat(500_000) },
  progress({ address: 'no such stage' }),
];

async function sendRaw(handle: WorkflowHandle, signalName: string, payloads: object[]): Promise<void> {
  await env.client.workflowService.signalWorkflowExecution({
    namespace: env.client.options.namespace,
    workflowExecution: { workflowId: handle.workflowId },
    signalName,
    input: { payloads },
  });
}

async function taskFailures(handle: WorkflowHandle): Promise<number> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).filter((event) => event.workflowTaskFailedEventAttributes).length;
}

describe('what a run is sent', () => {
  it('changes nothing when it is not what it should be, and the run goes on', async () => {
    const root = makeProject(
      {
        'dvc.yaml':
          'stages:\n  long: {cmd: "while ! test -e go; do sleep 0.1; done; echo x > x", outs: [x]}\n',
      },
      served,
    );
    const handle = await env.client.workflow.start('reproduce', {
      taskQueue: 'reprise',
      workflowId: randomUUID(),
      args: [{ workspace: { kind: 'path', path: root } }],
    });
    const state = () => handle.query<RunState>(STATE_QUERY);
    while ((await state()).stages[0]?.status !== 'running')
      await new Promise((next) => setTimeout(next, 100));

    for (const payload of GARBAGE) await handle.signal(PROGRESS_SIGNAL, payload);
    await handle.signal(PROGRESS_SIGNAL);
    await handle.signal(PROGRESS_SIGNAL, progress({ message: 'good' }), 'one too many');
    await handle.signal('no such signal', { a: 1 });
    for (const payload of [TORN, STRANGE]) await sendRaw(handle, PROGRESS_SIGNAL, [payload]);

    // The one that was right has arrived, as what came after it has not.
    const { stages } = await state();
    expect(stages).toHaveLength(1);
    expect(stages[0]).toMatchObject({ status: 'running', progress: { message: 'good' } });
    expect(JSON.stringify(stages).length).toBeLessThan(2_000);

    for (const args of [[null], [42, 'x'], ['x'.repeat(500_000)]]) {
      expect(await handle.query(STATE_QUERY, ...args)).toMatchObject({ status: 'running' });
    }
    await expect(handle.query('no such query')).rejects.toThrow(/no such query/);
    for (const name of ['pause', 'resume', 'configure']) {
      for (const [payload, field] of [
        [42, 'the payload'],
        ['x'.repeat(500_000), 'the payload'],
        [[], 'the payload'],
        [{ stage: 7 }, 'stage'],
        [{ stage: 'long', colour: 'red' }, 'colour'],
      ] as const) {
        const error = await handle
          .executeUpdate(name, { args: [payload] })
          .catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
        expect((error as WorkflowUpdateFailedError).cause).toMatchObject({
          type: 'InvalidInput',
          details: [{ field }],
        });
      }
    }
    await expect(handle.executeUpdate('no such update', { args: [1] })).rejects.toThrow();
    writeFileSync(join(root, 'go'), '');
    const result = (await handle.result()) as ReproduceResult;
    expect(result.stages).toMatchObject([{ address: 'long', outcome: 'ran' }]);
    expect(await taskFailures(handle)).toBe(0);
  });

  it.each([
    ['reproduce', [42, 'train', [], { carried: [null] }, { carried: [{ address: 'a' }] }]],
    ['readLog', [null, { host: 7 }, { host: 'h', run: 'r', stage: 's', limit: 1e9 }, { colour: 'red' }]],
  ] as const)('is refused at the start of %s, with the field, and not tried again', async (type, inputs) => {
    for (const input of inputs) {
      const failure = await failureOf(start(type, [input]));
      expect(failure).toMatchObject({ type: 'InvalidInput', nonRetryable: true });
      expect(failure.details).toEqual([{ field: expect.any(String) as string }]);
    }
  });

  it('is refused when its bytes are not what they are said to be', async () => {
    const workflowId = randomUUID();
    await env.client.workflowService.startWorkflowExecution({
      namespace: env.client.options.namespace,
      requestId: randomUUID(),
      workflowId,
      workflowType: { name: 'reproduce' },
      taskQueue: { name: 'reprise' },
      input: { payloads: [TORN] },
    });
    const failure = await failureOf(Promise.resolve(env.client.workflow.getHandle(workflowId)));
    expect(failure).toMatchObject({ type: 'InvalidInput', details: [{ field: 'unreadablePayload' }] });
  });
});

function start(type: string, args: readonly unknown[]): Promise<WorkflowHandle> {
  return env.client.workflow.start(type, {
    taskQueue: 'reprise',
    workflowId: randomUUID(),
    args: [...args],
  });
}

async function failureOf(started: Promise<WorkflowHandle>): Promise<ApplicationFailure> {
  const handle = await started;
  const error = await handle.result().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WorkflowFailedError);
  expect(await taskFailures(handle)).toBe(0);
  return (error as WorkflowFailedError).cause as ApplicationFailure;
}
