import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { defaultPayloadConverter } from '@temporalio/common';
import type { ReproduceResult, StageProgress } from '../../../workflows/index.js';
import { HostLoad } from '../../../workers/slots/host-load.js';
import { smiFolder, smiRows } from '../../rig/nvidia-smi.js';
import { failureOf } from '../../rig/runs.js';
import { makeProject } from '../../rig/project.js';
import { startTemporal, startWorkers } from '../../rig/temporal.js';

let env: TestWorkflowEnvironment;
const served = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-served-')));
let stop: (() => Promise<void>) | undefined;
beforeAll(async () => {
  env = await startTemporal();
});
afterEach(async () => {
  await stop?.();
  stop = undefined;
});
afterAll(async () => {
  await env?.teardown();
});

const start = (root: string): Promise<WorkflowHandle> =>
  env.client.workflow.start('reproduce', {
    taskQueue: 'reprise',
    workflowId: randomUUID(),
    args: [{ workspace: { kind: 'path', path: root } }],
  });

/** A stage that notes in `spans` when it began and ended, with its devices. */
const noting = (name: string, meta: string, seconds = 0.4) => `
  ${name}:
    cmd: >-
      b=$(date +%s%N); sleep ${seconds};
      echo "${name} $b $(date +%s%N) on:$CUDA_VISIBLE_DEVICES" >> spans; echo ${name} > ${name}
    outs: [${name}]
    meta: {reprise: {${meta}}}`;

interface Span {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
  readonly devices: readonly string[];
}

const spansOf = (root: string): Span[] =>
  readFileSync(join(root, 'spans'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([name = '', begin, end, devices = '']) => ({
      name,
      begin: Number(begin),
      end: Number(end),
      devices: devices.slice('on:'.length).split(','),
    }))
    .sort((a, b) => a.begin - b.begin);

const overlapping = (spans: readonly Span[]) =>
  spans.flatMap((a, i) => spans.slice(i + 1).flatMap((b) => (b.begin < a.end ? [[a, b] as const] : [])));

async function eventually(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  for (let i = 0; i < 1200; i++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what}: not within two minutes`);
}

const pending = async (handle: WorkflowHandle) => (await handle.describe()).raw.pendingActivities ?? [];
const STARTED = 2;

describe('the slots of a host', () => {
  it('are shared by all its queues: what it has no room for stays in the queue', async () => {
    stop = await startWorkers(env, served, { slots: 1, labels: ['tpu'] });
    const names = ['a', 'b', 'c', 'd'];
    const root = makeProject(
      {
        'dvc.yaml': `stages:${names.map((name, i) => noting(name, i % 2 ? 'labels: [tpu]' : '', 1)).join('')}`,
      },
      served,
    );
    const handle = await start(root);
    await eventually('one runs, and the others are in their queues', async () => {
      const states = (await pending(handle)).map((activity) => activity.state);
      return states.length > 2 && states.filter((state) => state === STARTED).length === 1;
    });
    await handle.result();
    const spans = spansOf(root);
    expect(spans).toHaveLength(4);
    expect(overlapping(spans)).toEqual([]);
  });

  it('give a stage back that came when the last was taken, which counts as no restart', async () => {
    stop = await startWorkers(env, served, { slots: 1, labels: ['tpu'] });
    // Both queues are empty for long enough that both are polled.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const root = makeProject(
      { 'dvc.yaml': `stages:${noting('a', '', 3)}${noting('b', 'labels: [tpu]', 3)}` },
      served,
    );
    const handle = await start(root);
    await eventually('one is given back', async () =>
      (await pending(handle)).some(({ lastFailure }) => /no free slot left/.test(lastFailure?.message ?? '')),
    );
    // An attempt that is about to be given back has already said so: only one that stays has one restart more than that.
    await eventually('it has its turn, and remembers how often it was given back', async () =>
      (await pending(handle)).some(({ attempt, state, heartbeatDetails }) => {
        const payload = heartbeatDetails?.payloads?.[0];
        if (state !== STARTED || !attempt || attempt < 2 || !payload) return false;
        const progress = defaultPayloadConverter.fromPayload<StageProgress>(payload);
        return progress.handedBack === attempt - 1;
      }),
    );
    const result = (await handle.result()) as ReproduceResult;
    expect(result.stages.map(({ outcome, attempts }) => [outcome, attempts])).toEqual([
      ['ran', 1],
      ['ran', 1],
    ]);
    expect(overlapping(spansOf(root))).toEqual([]);
  });
});

describe('the memory of a host', () => {
  const total = new HostLoad().memory;

  it('keeps stages apart that need too much together, and no others', async () => {
    stop = await startWorkers(env, served, { slots: 4 });
    const large = `memory: ${Math.floor(total * 0.6)}`;
    const stages = [
      noting('a', large, 1),
      noting('b', large, 1),
      noting('c', '', 2),
      noting('d', 'memory: 1M', 2),
    ];
    const root = makeProject({ 'dvc.yaml': `stages:${stages.join('')}` }, served);
    await (await start(root)).result();
    const pairs = overlapping(spansOf(root)).map(([one, other]) => [one.name, other.name].sort().join());
    expect(pairs).not.toContain('a,b');
    expect(pairs).toContain('c,d');
  });

  it('is an error when a stage needs more than there is', async () => {
    stop = await startWorkers(env, served);
    const stage = noting('a', `memory: ${total * 2}`);
    const root = makeProject({ 'dvc.yaml': `stages:${stage}` }, served);
    const error = await failureOf((await start(root)).result());
    expect(error.message).toMatch(/the stage needs .* of memory, and this host has/);
  });
});

describe('the GPUs of a host', () => {
  const path = process.env['PATH'];
  beforeAll(() => {
    process.env['PATH'] = `${smiFolder(smiRows(2))}:${path}`;
  });
  afterAll(() => {
    process.env['PATH'] = path;
  });

  it('are each lent to one stage at a time, two to one that wants two, and beside the CPU slots', async () => {
    stop = await startWorkers(env, served, { slots: { cpu: 1 } });
    const wants = { a: 1, b: 2, c: 1, d: 1, e: 2 };
    const stages = Object.entries(wants).map(([name, gpus]) => noting(name, `labels: [gpu], gpus: ${gpus}`));
    const root = makeProject({ 'dvc.yaml': `stages:${noting('plain', '', 1)}${stages.join('')}` }, served);
    await (await start(root)).result();
    const spans = spansOf(root);
    expect(
      Object.fromEntries(spans.filter(({ name }) => name !== 'plain').map((s) => [s.name, s.devices.length])),
    ).toEqual(wants);
    expect(spans.find(({ name }) => name === 'plain')?.devices).toEqual(['']);
    for (const [one, other] of overlapping(spans)) {
      expect(one.devices.filter((device) => other.devices.includes(device))).toEqual([]);
    }
  });

  it('come back from a stage that was canceled, and are lent twice with two slots each', async () => {
    stop = await startWorkers(env, served, { slots: { gpu: 4 } });
    const names = ['a', 'b', 'c', 'd'];
    const long = makeProject(
      { 'dvc.yaml': `stages:${names.map((name) => noting(name, 'labels: [gpu]', 60)).join('')}` },
      served,
    );
    const canceled = await start(long);
    await eventually(
      'all run',
      async () => (await pending(canceled)).filter(({ state }) => state === STARTED).length === 4,
    );
    await canceled.cancel();
    await expect(canceled.result()).rejects.toThrow();
    const root = makeProject(
      { 'dvc.yaml': `stages:${names.map((name) => noting(name, 'labels: [gpu]', 3)).join('')}` },
      served,
    );
    await (await start(root)).result();
    const spans = spansOf(root);
    expect(spans.map(({ devices }) => devices.join()).sort()).toEqual(['0', '0', '1', '1']);
    expect(overlapping(spans).length).toBeGreaterThan(0);
  });
});

describe('a GPU that fails', () => {
  const path = process.env['PATH'];
  afterEach(() => {
    process.env['PATH'] = path;
  });

  it('is lent to nobody, and the stage that it failed goes on elsewhere without a retry', async () => {
    const lost = join(mkdtempSync(join(tmpdir(), 'reprise-lost-')), 'lost');
    // The driver's words for one that has fallen off the bus.
    const sick = smiRows(2).replace('NVIDIA L4, 23034', '[GPU is lost], [GPU is lost]');
    process.env['PATH'] =
      `${smiFolder(`if [ -e ${lost} ]; then ${sick.replace("<<'ROWS'", "<<'LOST'").replace(/ROWS$/, 'LOST')}
else ${smiRows(2)}
fi`)}:${path}`;
    stop = await startWorkers(env, served, {});
    const cmd = `echo $CUDA_VISIBLE_DEVICES >> devices; if [ -e ${lost} ]; then echo a > a; else touch ${lost}; exit 1; fi`;
    const root = makeProject(
      {
        'dvc.yaml': `stages:\n  a:\n    cmd: ${JSON.stringify(cmd)}\n    outs: [a]\n    meta: {reprise: {labels: [gpu]}}\n`,
      },
      served,
    );
    const result = (await (await start(root)).result()) as ReproduceResult;
    expect(result.stages).toMatchObject([{ outcome: 'ran', attempts: 1 }]);
    expect(readFileSync(join(root, 'devices'), 'utf8')).toBe('0\n1\n');
  });
});

describe('priority', () => {
  it('orders a backlog', async () => {
    stop = await startWorkers(env, served, { slots: 1 });
    const block = makeProject({ 'dvc.yaml': `stages:${noting('block', '', 4)}` }, served);
    const blocking = await start(block);
    await eventually('the slot is taken', async () =>
      (await pending(blocking)).some(({ state }) => state === STARTED),
    );
    const priorities = [4, 2, 5, 1, 3];
    const root = makeProject(
      { 'dvc.yaml': `stages:${priorities.map((p) => noting(`p${p}`, `priority: ${p}`, 0.1)).join('')}` },
      served,
    );
    await (await start(root)).result();
    expect(spansOf(root).map(({ name }) => name)).toEqual(['p1', 'p2', 'p3', 'p4', 'p5']);
  });
});
