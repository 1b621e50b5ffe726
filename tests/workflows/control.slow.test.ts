import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ReproduceResult, RunState } from '../../workflows/index.js';
import { makeProject, writeFiles } from '../rig/project.js';
import { untilState } from '../rig/runs.js';
import { startTemporal, startWorkers } from '../rig/temporal.js';
import { hurry, trainingProject } from '../rig/training.js';

let env: TestWorkflowEnvironment;
const served = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-served-')));
let stopWorkers: () => Promise<void>;
beforeAll(async () => {
  env = await startTemporal();
  stopWorkers = await startWorkers(env, served, { slots: 4, labels: ['npu'] });
});
afterAll(async () => {
  await stopWorkers?.();
  await env?.teardown();
});

const start = (root: string, input: object = {}): Promise<WorkflowHandle> =>
  env.client.workflow.start('reproduce', {
    taskQueue: 'reprise',
    workflowId: randomUUID(),
    args: [{ workspace: { kind: 'path', path: root }, ...input }],
  });
const update = (run: WorkflowHandle, name: string, payload?: unknown): Promise<unknown> =>
  run.executeUpdate<unknown, [unknown]>(name, { args: [payload] });

const stageOf = (state: RunState, address: string) => state.stages.find((stage) => stage.address === address);
const starts = (root: string): string[] =>
  readFileSync(join(root, 'trace'), 'utf8').match(/^start.*/gm) ?? [];

describe('a run that a person looks after', () => {
  it('is paused with a checkpoint and goes on from it, on other labels if need be', async () => {
    const root = makeProject(trainingProject(120), served);
    const run = await start(root);
    await untilState<RunState>(run, (state) => (stageOf(state, 'train')?.progress?.step ?? 0) > 7);
    expect(await update(run, 'pause', { stage: 'train' })).toEqual(['train']);
    await untilState<RunState>(run, (state) => stageOf(state, 'train')?.status === 'paused');
    const before = readFileSync(join(root, 'trace'), 'utf8');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(readFileSync(join(root, 'trace'), 'utf8')).toBe(before);

    expect(await update(run, 'configure', { stage: 'train', labels: ['npu'], timeout: 600 })).toEqual([
      'train',
    ]);
    hurry(root);
    expect(await update(run, 'resume')).toEqual(['train']);
    await untilState<RunState>(run, (state) => stageOf(state, 'train')?.queue === 'reprise-npu');
    const result = (await run.result()) as ReproduceResult;
    expect(result.stages.map(({ outcome, attempts }) => [outcome, attempts])).toEqual([
      ['ran', 1],
      ['ran', 1],
      ['ran', 1],
    ]);
    expect(starts(root)).toEqual(['start 0', expect.stringMatching(/^start \d+$/)]);
    const [last, from] = [before, starts(root)[1]].map((text = '') => Number(/\d+\s*$/.exec(text)?.[0]));
    expect(from).toBeGreaterThan(0);
    // From the newest checkpoint: there is one every five steps.
    expect((last as number) - (from as number)).toBeLessThanOrEqual(5);
    expect(readFileSync(join(root, 'report.txt'), 'utf8')).toBe('trained 120\n');
  });

  it('is paused as a whole: what has not begun does not begin', async () => {
    const root = makeProject(
      {
        'dvc.yaml':
          'stages:\n  a: {cmd: sleep 1; echo a > a, outs: [a]}\n  b: {cmd: cat a > b, deps: [a], outs: [b]}\n',
      },
      served,
    );
    const run = await start(root);
    await update(run, 'pause');
    await untilState<RunState>(run, (state) => stageOf(state, 'a')?.status === 'paused');
    expect(await update(run, 'resume', { stage: 'a' })).toEqual(['a']);
    await untilState<RunState>(
      run,
      (state) => stageOf(state, 'a')?.status === 'ran' && stageOf(state, 'b')?.status === 'paused',
    );
    await update(run, 'resume', {});
    expect(((await run.result()) as ReproduceResult).stages.map(({ outcome }) => outcome)).toEqual([
      'ran',
      'ran',
    ]);
  });

  it('runs a failing stage again as often as its changed retries say, and moves a running one at once', async () => {
    const root = makeProject(
      {
        'dvc.yaml': `stages:
  flaky: {cmd: 'echo x >> tries; while ! test -f go; do sleep 0.1; done; test $(wc -l < tries) -ge 3 && echo done > out', outs: [out]}
  slow: {cmd: 'echo y >> begun; test $(wc -l < begun) -ge 2 || sleep 300; echo done > slow', outs: [slow]}
`,
      },
      served,
    );
    const run = await start(root);
    await untilState<RunState>(run, (state) => stageOf(state, 'slow')?.status === 'running');
    await update(run, 'configure', { stage: 'flaky', retries: 5 });
    await update(run, 'configure', { stage: 'slow', labels: ['npu'] });
    writeFiles(root, { go: '' });
    const { stages } = (await run.result()) as ReproduceResult;
    expect(stages).toMatchObject([
      { address: 'flaky', outcome: 'ran', attempts: 3 },
      { address: 'slow', outcome: 'ran', attempts: 1 },
    ]);
    expect(readFileSync(join(root, 'begun'), 'utf8')).toBe('y\ny\n');
  });

  it('ends when a stage has failed, whatever is paused or has no worker', async () => {
    const root = makeProject(
      {
        'dvc.yaml': `stages:
  bad: {cmd: 'while ! test -f go; do sleep 0.1; done; exit 3', outs: [bad]}
  held: {cmd: echo > held, outs: [held]}
  absent: {cmd: echo > absent, outs: [absent], meta: {reprise: {labels: [tpu]}}}
`,
      },
      served,
    );
    const run = await start(root);
    await update(run, 'pause', { stage: 'held' });
    await untilState<RunState>(run, (state) => stageOf(state, 'absent')?.status === 'waiting');
    writeFiles(root, { go: '' });
    const error: unknown = await run.result().catch((reason: unknown) => reason);
    const [{ stages }] = (error as { cause: { details: [ReproduceResult] } }).cause.details;
    expect(stages.map(({ address, outcome }) => [address, outcome])).toEqual([
      ['bad', 'failed'],
      ['held', 'blocked'],
      ['absent', 'blocked'],
    ]);
  });

  it('refuses what makes no sense, and goes on', async () => {
    const root = makeProject(
      {
        'dvc.yaml': 'stages:\n  a: {cmd: "while ! test -f go; do sleep 0.1; done; echo a > a", outs: [a]}\n',
      },
      served,
    );
    const run = await start(root);
    await untilState<RunState>(run, (state) => stageOf(state, 'a')?.status === 'running');
    const refused = async (name: string, payload: unknown): Promise<string> => {
      const error: unknown = await update(run, name, payload).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
      expect((error as WorkflowUpdateFailedError).cause).toMatchObject({ type: 'InvalidInput' });
      return ((error as WorkflowUpdateFailedError).cause as ApplicationFailure).message;
    };
    expect(await refused('pause', { stage: 'none' })).toMatch(
      /^stage: none is not in this run; its stages are: a/,
    );
    expect(await refused('pause', 'a')).toMatch(/expected object/);
    expect(await refused('resume', { stages: ['a'] })).toMatch(/stages/);
    expect(await refused('configure', { stage: 'a' })).toMatch(/names nothing to change/);
    expect(await refused('configure', { stage: 'a', retries: -1 })).toMatch(/^retries/);
    expect(await refused('configure', null)).toMatch(/./);
    expect(await refused('configure', { stage: 'a', labels: ['no spaces'] })).toMatch(/^labels/);
    writeFiles(root, { go: '' });
    expect(((await run.result()) as ReproduceResult).stages).toMatchObject([{ outcome: 'ran' }]);
  });
});
