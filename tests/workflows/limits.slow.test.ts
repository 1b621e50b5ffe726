import { randomUUID } from 'node:crypto';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { startRun } from '../../cli/runs/start-run.js';
import { STATE_QUERY, type ReproduceResult, type RunState, type StageState } from '../../workflows/index.js';
import { makeProject } from '../rig/project.js';
import { startTemporal, startWorkers } from '../rig/temporal.js';

/** A letter of three bytes, which a file's name has as nine. */
const LONG_NAME = `train@${'訓'.repeat(150)}`;

describe('what is larger than the server, or a file system, takes', () => {
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

  const start = async (root: string, input: object = {}): Promise<WorkflowHandle> =>
    await env.client.workflow.start('reproduce', {
      taskQueue: 'reprise',
      workflowId: randomUUID(),
      args: [{ workspace: { kind: 'path', path: root }, ...input }],
    });
  const outcomes = async (handle: WorkflowHandle): Promise<readonly string[]> =>
    ((await handle.result()) as ReproduceResult).stages.map(({ outcome }) => outcome);
  const running = async (handle: WorkflowHandle): Promise<StageState> => {
    for (let tries = 0; tries < 1200; tries++) {
      const state = await handle.query<RunState>(STATE_QUERY).catch(() => undefined);
      const stage = state?.stages.find(({ status }) => status === 'running');
      if (stage) return stage;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('no stage was seen running within two minutes');
  };

  it('is cut of the command that a run is shown with', async () => {
    const run = await startRun({
      client: env.client,
      workflowId: randomUUID(),
      taskQueue: 'nobody',
      input: {},
      digest: '',
      summary: `reprise repro ${'stage '.repeat(500)}`,
      wait: false,
      onWait: () => undefined,
    });
    const description = await env.client.workflow.getHandle(run?.workflowId ?? '').describe();
    expect(await description.staticSummary()).toMatch(/^reprise repro stage .*…$/);
  });

  it('may be a stage’s name', async () => {
    const root = makeProject(
      {
        'dvc.yaml': `stages:\n  train: {foreach: ['${LONG_NAME.slice(6)}'], do: {cmd: cat in.txt > out.txt, deps: [in.txt], outs: [out.txt]}}\n`,
        'in.txt': 'in\n',
      },
      served,
    );
    expect(await outcomes(await start(root))).toEqual(['ran']);
  });

  it('is sent once: targets are not part of each change of a run', async () => {
    const outs = Array.from({ length: 50 }, (_, at) => `${'out'.repeat(30)}${at}`);
    const root = makeProject(
      {
        'dvc.yaml': `stages:\n  one: {cmd: "touch ${outs.join(' ')}", deps: [in.txt], outs: [${outs.join(', ')}]}\n  two: {cmd: cat in.txt > two.txt, deps: [in.txt, ${outs[0]}], outs: [two.txt]}\n`,
        'in.txt': 'in\n',
      },
      served,
    );
    const handle = await start(root, { targets: [...outs, 'two'] });
    expect(await outcomes(handle)).toEqual(['ran', 'ran']);
    expect((await handle.describe()).memo).toMatchObject({ targets: [...outs, 'two'], stages: '2/2' });
    const { events } = await handle.fetchHistory();
    const changes = (events ?? []).flatMap(({ workflowPropertiesModifiedEventAttributes: change }) =>
      change ? [Object.keys(change.upsertedMemo?.fields ?? {})] : [],
    );
    expect(changes.flat().filter((field) => field === 'targets')).toHaveLength(1);
    expect(changes.flat().filter((field) => field === 'stages').length).toBeGreaterThan(1);
  });

  it('is left out of what a stage reports, which is shown all the same', async () => {
    const metrics = Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`f1_${at}`, at]));
    const root = makeProject(
      {
        'dvc.yaml': `stages:\n  train: {cmd: "cp progress.jsonl $REPRISE_PROGRESS; sleep 6; cat in.txt > out.txt", deps: [in.txt], outs: [out.txt]}\n`,
        'in.txt': 'in\n',
        'progress.jsonl': `${JSON.stringify({ step: 1, total: 2, metrics: { ...metrics, ['x'.repeat(300)]: 1 } })}\n`,
      },
      served,
    );
    const handle = await start(root);
    const { progress } = await running(handle);
    expect(progress).toMatchObject({ step: 1, metrics: { f1_0: 0, f1_99: 99 } });
    expect(Object.keys(progress?.metrics ?? {})).toHaveLength(100);
    expect(await outcomes(handle)).toEqual(['ran']);
  });
});
