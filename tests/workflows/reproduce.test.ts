import { existsSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { WorkflowFailedError, WorkflowHandle } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { CancelledFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ReproduceInput, ReproduceResult, RunState } from '../../workflows/index.js';
import { makeProject, writeFiles } from '../rig/project.js';
import { failureOf, untilState } from '../rig/runs.js';
import { startTemporal, startWorkers } from '../rig/temporal.js';

let env: TestWorkflowEnvironment;
/** Served by one worker, which most tests share: their projects lie in it. */
const served = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-served-')));
let stopWorkers: () => Promise<void>;
beforeAll(async () => {
  env = await startTemporal();
  stopWorkers = await startWorkers(env, served, { slots: 4 });
});
afterAll(async () => {
  await stopWorkers?.();
  await env?.teardown();
});

const project = (files: Readonly<Record<string, string>>): string => makeProject(files, served);

function start(root: string, input: object = {}): Promise<WorkflowHandle> {
  return env.client.workflow.start('reproduce', {
    taskQueue: 'reprise',
    workflowId: randomUUID(),
    args: [{ workspace: { kind: 'path', path: root }, ...input }],
  });
}

async function reproduce(root: string, input: ReproduceInput = {}): Promise<ReproduceResult> {
  return (await (await start(root, input)).result()) as ReproduceResult;
}

const outcomes = (result: ReproduceResult) =>
  Object.fromEntries(result.stages.map((stage) => [stage.address, stage.outcome]));

const DIAMOND = `stages:
  top: {cmd: sleep 0.3; echo top > top, outs: [top]}
  left: {cmd: sleep 1; cat top > left; echo l >> left, deps: [top], outs: [left]}
  right: {cmd: sleep 1; cat top > right; echo r >> right, deps: [top], outs: [right]}
  bottom: {cmd: cat left right > bottom, deps: [left, right], outs: [bottom]}
`;

describe('reproduce', () => {
  it('runs a pipeline, commits dvc.lock, and then finds nothing to do', async () => {
    const root = project({ 'dvc.yaml': DIAMOND });
    const first = await reproduce(root);
    expect(outcomes(first)).toEqual({ top: 'ran', left: 'ran', right: 'ran', bottom: 'ran' });
    expect(readFileSync(join(root, 'bottom'), 'utf8')).toBe('top\nl\ntop\nr\n');
    const lock = readFileSync(join(root, 'dvc.lock'), 'utf8');
    expect([...lock.matchAll(/^ {2}(\w+):$/gm)].map((match) => match[1])).toEqual([
      'top',
      'left',
      'right',
      'bottom',
    ]);

    const second = await reproduce(root);
    expect(outcomes(second)).toEqual({
      top: 'skipped',
      left: 'skipped',
      right: 'skipped',
      bottom: 'skipped',
    });
    expect(readFileSync(join(root, 'dvc.lock'), 'utf8')).toBe(lock);
  });

  it('runs independent stages at the same time, and at most `jobs` of them', async () => {
    const spans = (root: string) =>
      ['left', 'right'].map((name) =>
        readFileSync(join(root, `${name}.span`), 'utf8')
          .trim()
          .split('\n')
          .map(Number),
      );
    /** @param met asks whether the other, `$other`, has begun, for which each waits a minute at most */
    const files = (met: string) => {
      const stage = (name: string, other: string): string =>
        `  ${name}: {cmd: 'date +%s%N > ${name}.span; other=${other}; i=0; until ${met} || test $i = 600; do i=$((i+1)); ` +
        `sleep 0.1; done; date +%s%N >> ${name}.span; echo x > ${name}', outs: [${name}]}\n`;
      return { 'dvc.yaml': `stages:\n${stage('left', 'right')}${stage('right', 'left')}` };
    };
    const overlap = (root: string) => {
      const [left, right] = spans(root) as [[number, number], [number, number]];
      return Math.min(left[1], right[1]) - Math.max(left[0], right[0]);
    };
    const together = project(files('test -s $other.span'));
    await reproduce(together);
    expect(overlap(together)).toBeGreaterThan(0);
    const apart = project(files('test $i = 5'));
    await reproduce(apart, { jobs: 1 });
    expect(overlap(apart)).toBeLessThanOrEqual(0);
  });

  it('runs stages in the order of the plan when they run one at a time', async () => {
    const root = project({
      'dvc.yaml': `stages:
  z1: {cmd: echo z1 >> trace; echo > z1, outs: [z1]}
  a1: {cmd: echo a1 >> trace; echo > a1, outs: [a1]}
  a2: {cmd: echo a2 >> trace; cp a1 a2, deps: [a1], outs: [a2]}
  z2: {cmd: echo z2 >> trace; cp z1 z2, deps: [z1], outs: [z2]}
`,
    });
    const result = await reproduce(root, { jobs: 1 });
    const trace = readFileSync(join(root, 'trace'), 'utf8').trim().split('\n');
    expect(trace).toEqual(result.stages.map(({ address }) => address));
    expect(trace).toEqual(['z1', 'a1', 'a2', 'z2']);
  });

  it('restores a stage from the run cache in place of running it', async () => {
    const root = project({
      'dvc.yaml': 'stages:\n  a: {cmd: date +%N > ../stamp-$$; cat in > out, deps: [in], outs: [out]}\n',
      in: 'one\n',
    });
    await reproduce(root);
    writeFiles(root, { in: 'two\n' });
    await reproduce(root);
    writeFiles(root, { in: 'one\n' });
    expect(outcomes(await reproduce(root))).toEqual({ a: 'restored' });
    expect(readFileSync(join(root, 'out'), 'utf8')).toBe('one\n');
  });

  it('fails with the stage, its exit code and its last lines, and blocks what needs it', async () => {
    const root = project({
      'dvc.yaml': `stages:
  bad: {cmd: 'echo step one; echo it broke >&2; exit 3', outs: [x]}
  after: {cmd: cat x > y, deps: [x], outs: [y]}
  aside: {cmd: echo z > z, outs: [z]}
`,
    });
    const failure = await failureOf(reproduce(root, { keepGoing: true }));
    expect(failure.type).toBe('StageFailed');
    expect(failure.message).toMatch(/bad: the command failed with exit code 3[^]*step one\n {2}it broke/);
    const result = failure.details?.[0] as ReproduceResult;
    expect(outcomes(result)).toEqual({ bad: 'failed', after: 'blocked', aside: 'ran' });
    expect(result.stages[0]?.error).toMatchObject({ code: 'stage-failed', tail: ['step one', 'it broke'] });
    expect(existsSync(join(root, 'y'))).toBe(false);
  });

  it('runs a failing command again as often as its retries say', async () => {
    const root = project({
      'dvc.yaml': `stages:
  flaky:
    cmd: echo x >> tries; test $(wc -l < tries) -ge 3 && echo $REPRISE_ATTEMPT > out
    outs: [out]
    meta: {reprise: {retries: 2}}
`,
    });
    const result = await reproduce(root);
    expect(result.stages[0]).toMatchObject({ outcome: 'ran', attempts: 3 });
    expect(readFileSync(join(root, 'out'), 'utf8')).toBe('3\n');
  });

  it('runs a command that was killed again, with the checkpoints it left', async () => {
    const root = project({
      'dvc.yaml': `stages:
  train:
    cmd: >-
      if [ -f $REPRISE_CHECKPOINTS/step-1/at ]; then cat $REPRISE_CHECKPOINTS/step-1/at > model;
      else mkdir $REPRISE_CHECKPOINTS/.new; echo 41 > $REPRISE_CHECKPOINTS/.new/at;
      mv $REPRISE_CHECKPOINTS/.new $REPRISE_CHECKPOINTS/step-1; sleep 0.5; kill -9 $$; fi
    outs: [model]
`,
    });
    const result = await reproduce(root);
    expect(result.stages[0]).toMatchObject({ outcome: 'ran', attempts: 2 });
    expect(readFileSync(join(root, 'model'), 'utf8')).toBe('41\n');
  });

  it('lets a command that exits with 75 be run again without spending a retry', async () => {
    const root = project({
      'dvc.yaml':
        'stages:\n  later: {cmd: "echo x >> tries; test $(wc -l < tries) -ge 2 || exit 75; echo ok > out", outs: [out]}\n',
    });
    expect((await reproduce(root)).stages[0]).toMatchObject({ outcome: 'ran', attempts: 1 });
  });

  it('ends a command that overruns its timeout, and does not run it again', async () => {
    const root = project({
      'dvc.yaml':
        'stages:\n  slow: {cmd: echo x >> tries; sleep 60, outs: [out], meta: {reprise: {timeout: 1s}}}\n',
    });
    const failure = await failureOf(reproduce(root));
    const [stage] = (failure.details?.[0] as ReproduceResult).stages;
    expect(stage).toMatchObject({ outcome: 'failed', attempts: 1, error: { code: 'stage-timeout' } });
    expect(readFileSync(join(root, 'tries'), 'utf8')).toBe('x\n');
  });

  it('refuses bad input with the name of the field', async () => {
    const root = project({ 'dvc.yaml': DIAMOND });
    for (const [input, field] of [
      [{ targets: 'train' }, 'targets'],
      [{ jobs: -1 }, 'jobs'],
      [{ tragets: [] }, 'tragets'],
    ] as const) {
      const failure = await failureOf(start(root, input).then((handle) => handle.result()));
      expect(failure).toMatchObject({ type: 'InvalidInput', nonRetryable: true, details: [{ field }] });
      expect(failure.message).toContain(field);
    }
  });

  it('fails at once, with file and line, when the pipeline is wrong', async () => {
    const root = project({
      'dvc.yaml': 'stages:\n  a:\n    cmd: echo\n    meta: {reprise: {retries: many}}\n',
    });
    const failure = await failureOf(reproduce(root));
    const cause = failure.cause as ApplicationFailure;
    expect(cause).toMatchObject({ type: 'bad-setting', nonRetryable: true });
    expect(cause.message).toMatch(/^dvc\.yaml:4:\d+: meta\.reprise\.retries/);
  });

  it('keeps to the folder that the worker serves', async () => {
    const root = makeProject({ 'dvc.yaml': DIAMOND });
    const failure = await failureOf(reproduce(root));
    expect((failure.cause as ApplicationFailure).type).toBe('workspace-outside');
  });
});

const LABELLED = `stages:
  data: {cmd: echo d > data, outs: [data]}
  train: {cmd: cat data > model, deps: [data], outs: [model], meta: {reprise: {labels: [tpu]}}}
  aside: {cmd: sleep 0.5; echo a > aside, outs: [aside]}
`;

describe('labels', () => {
  it('waits for a worker with the label, says so, goes on with the rest, and runs when one comes', async () => {
    const root = project({ 'dvc.yaml': LABELLED });
    const handle = await start(root, { jobs: 1 });
    const state = await untilState<RunState>(
      handle,
      ({ stages }) => stages.some((stage) => stage.status === 'waiting') && stages[2]?.status === 'ran',
    );
    expect(state.stages[1]).toMatchObject({ status: 'waiting', waitingFor: 'tpu', queue: 'reprise-tpu' });
    const stop = await startWorkers(env, served, { labels: ['tpu'] });
    await handle.result();
    await stop();
    expect(readFileSync(join(root, 'model'), 'utf8')).toBe('d\n');
  });

  it('gives up after labelTimeout, with what to do', async () => {
    const root = project({ 'dvc.yaml': LABELLED.replace('tpu', 'npu') });
    const failure = await failureOf(reproduce(root, { labelTimeout: 1, keepGoing: true }));
    const stage = (failure.details?.[0] as ReproduceResult).stages[1];
    expect(stage).toMatchObject({ outcome: 'failed', error: { code: 'label-unserved' } });
    expect(stage?.error?.message).toContain('--cpu-fallback');
  });

  it('falls back to the CPU when the run or the stage allows it', async () => {
    const root = project({ 'dvc.yaml': LABELLED.replace('tpu', 'xpu') });
    expect(outcomes(await reproduce(root, { cpuFallback: true }))).toMatchObject({ train: 'ran' });
    const own = project({ 'dvc.yaml': LABELLED.replace('[tpu]', '[ypu], fallback: cpu') });
    expect(outcomes(await reproduce(own))).toMatchObject({ train: 'ran' });
  });
});

describe('while a stage runs', () => {
  const LONG = `stages:
  long:
    cmd: >-
      trap 'echo saved > saved; exit 143' TERM; echo working; i=0;
      while [ $i -lt 600 ]; do i=$((i+1));
      echo "{\\"step\\":$i,\\"total\\":600,\\"metrics\\":{\\"loss\\":0.25}}" >> $REPRISE_PROGRESS; sleep 0.1; done
    outs: [out]
`;

  it('shows its progress in the state and in the current details, and ends it by SIGTERM when canceled', async () => {
    const root = project({ 'dvc.yaml': LONG });
    const handle = await start(root);
    const state = await untilState<RunState>(handle, ({ stages }) => stages[0]?.progress?.step !== undefined);
    expect(state.stages[0]).toMatchObject({
      status: 'running',
      progress: { total: 600, metrics: { loss: 0.25 } },
    });
    const metadata = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toMatch(
      /\| long \| running \| reprise-cpu \|.*step \d+ of 600, loss 0\.2500/,
    );
    const { searchAttributes } = await handle.describe();
    expect(searchAttributes).toMatchObject({ RepriseStage: ['long'], RepriseStatus: ['running'] });

    await handle.cancel();
    const error = await handle.result().then(
      () => undefined,
      (reason: WorkflowFailedError) => reason.cause,
    );
    expect(error).toBeInstanceOf(CancelledFailure);
    expect(readFileSync(join(root, 'saved'), 'utf8')).toBe('saved\n');
  });

  it('does not remove what a stage without a command would have to make', async () => {
    const root = project({ 'dvc.yaml': "stages:\n  s: {cmd: '', outs: [out]}\n", out: 'kept\n' });
    const failure = await failureOf(reproduce(root));
    expect(failure.message).toMatch(/empty command/);
    expect(readFileSync(join(root, 'out'), 'utf8')).toBe('kept\n');
  });

  it('runs a stage whose name is longer than the server takes in a summary', async () => {
    const key = '数据集'.repeat(60);
    const root = project({
      'dvc.yaml': `stages:\n  s:\n    foreach: [${key}]\n    do: {cmd: echo 1 > out, outs: [out]}\n`,
    });
    expect(outcomes(await reproduce(root))).toEqual({ [`s@${key}`]: 'ran' });
  });

  it('is made again by the next worker when its own leaves', async () => {
    const root = project({
      'dvc.yaml':
        'stages:\n  s: {cmd: "trap \'exit 143\' TERM; echo x >> tries; test $(wc -l < tries) -ge 2 && echo ok > out && exit; sleep 30 & wait", outs: [out]}\n',
    });
    const handle = await start(root);
    await untilState<RunState>(handle, ({ stages }) => stages[0]?.status === 'running');
    await stopWorkers();
    stopWorkers = await startWorkers(env, served, { slots: 4 });
    const result = (await handle.result()) as ReproduceResult;
    expect(result.stages[0]).toMatchObject({ outcome: 'ran', attempts: 1 });
  });
});
