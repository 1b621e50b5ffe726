import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CancelledFailure } from '@temporalio/common';
import type { SweepResult, SweepState } from '../../../workflows/index.js';
import { identify, readRecord } from '../../../runner/index.js';
import { smiFolder, smiRows } from '../../rig/nvidia-smi.js';
import { failureOf, untilState } from '../../rig/runs.js';
import { SCORE_PROJECT, fingerprint } from '../../rig/sweep-project.js';
import { SweepRig, copiesOf, statuses } from '../../rig/sweep-runs.js';
import { startWorkers } from '../../rig/temporal.js';

let rig: SweepRig;
beforeAll(async () => {
  rig = await SweepRig.start();
});
afterAll(async () => {
  await rig?.end();
});

describe('ends early', () => {
  it('what reports worse than the median of the others', async () => {
    const root = rig.project({
      'score.sh': `echo "{\\"step\\": 1, \\"metrics\\": {\\"loss\\": $1}}" >> $REPRISE_PROGRESS
case $1 in 9) sleep 300;; *) sleep 5;; esac
echo '{"test": {"score": 1}}' > metrics.json; touch model
`,
    });
    const result = await rig.sweep(root, {
      params: { x: [1, 2, 3, 9, 1.5] },
      jobs: 3,
      earlyStopping: { metric: 'loss', minTrials: 3 },
    });
    expect(statuses(result)).toEqual(['done', 'done', 'done', 'stopped', 'done']);
    expect(result.trials[3]?.reason).toBe('loss is worse than the median at step 1');
    expect(copiesOf(root, result.id)).toEqual([]);
  });

  it('when the hours are spent', async () => {
    const root = rig.project();
    const result = await rig.sweep(root, { params: { seconds: [0, 300, 0] }, budgetHours: 20 / 3600 });
    expect(statuses(result)).toEqual(['done', 'stopped']);
    expect(result).toMatchObject({
      status: 'succeeded',
      best: '001',
      ending: expect.stringContaining('budgetHours') as string,
    });
  });

  it('when the hours of GPUs are spent, begins no more', async () => {
    const root = rig.project({
      'dvc.yaml': `${SCORE_PROJECT['dvc.yaml']}    meta: {reprise: {labels: [gpu], gpus: 2}}\n`,
    });
    const before = process.env['PATH'];
    process.env['PATH'] = `${smiFolder(smiRows(2))}:${before}`;
    const stop = await startWorkers(rig.env, rig.served, { slots: 1, hostId: 'with-gpus' });
    process.env['PATH'] = before;
    try {
      const result = await rig.sweep(root, { params: { seconds: [1, 10, 0] }, budgetGpuHours: 20 / 3600 });
      expect(statuses(result)).toEqual(['done', 'done']);
      const [first = 0, second = 0] = result.trials.map((trial) => trial.gpuSeconds);
      expect(first).toBeGreaterThanOrEqual(2);
      expect(second).toBeGreaterThanOrEqual(20);
      expect(result.gpuHours).toBeCloseTo((first + second) / 3600, 9);
      expect(result.ending).toContain('budgetGpuHours');
    } finally {
      await stop();
    }
  });
});

describe('while it runs', () => {
  it('passes over signals that say nothing', async () => {
    const root = rig.project();
    const handle = await rig.start(root, { params: { x: [1, 2] }, earlyStopping: {} });
    for (const payload of [
      null,
      5,
      'text',
      {},
      [],
      { workflowId: 'x' },
      { workflowId: handle.workflowId, progress: { step: 'a' } },
    ])
      await handle.signal('progress', payload);
    expect(statuses((await handle.result()) as SweepResult)).toEqual(['done', 'done']);
  });

  it('shows its trials in the current details, with what they report', async () => {
    const root = rig.project({
      'score.sh': `echo '{"step": 4, "total": 9}' >> $REPRISE_PROGRESS; sleep 300\n`,
    });
    const handle = await rig.start(root, { params: { x: [1] } });
    await untilState<SweepState>(handle, ({ trials }) => trials[0]?.progress?.step === 4);
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(currentDetails).toContain('| 001 | running | 1 |  | train: step 4 of 9 |');
    await handle.cancel();
    await failureOf(handle.result());
  });

  it('ends its trials when it is canceled, and leaves no copy and no process', async () => {
    const pids = join(rig.served, `pids-${randomUUID()}`);
    const root = rig.project({ 'score.sh': `echo $$ >> ${pids}\nsleep 300 & wait\n` });
    const before = fingerprint(root);
    const handle = await rig.start(root, { params: { x: [1, 2] }, jobs: 2 });
    const { id } = await untilState<SweepState>(
      handle,
      () => existsSync(pids) && readFileSync(pids, 'utf8').trim().split('\n').length === 2,
    );
    await handle.cancel();
    expect(await failureOf(handle.result())).toBeInstanceOf(CancelledFailure);
    for (const pid of readFileSync(pids, 'utf8').trim().split('\n'))
      expect(identify(Number(pid))).toBeUndefined();
    expect(copiesOf(root, id)).toEqual([]);
    expect(fingerprint(root)).toEqual(before);
    const record = await readRecord(root, id);
    expect(record?.status).toBe('canceled');
    expect(statuses(record?.state as SweepState)).toEqual(['canceled', 'canceled']);
  });

  it('goes on with the next workers when its own leave', async () => {
    const tries = join(rig.served, `tries-${randomUUID()}`);
    const root = rig.project({
      'score.sh': `echo $1 >> ${tries}\ntest $(grep -c "^2$" ${tries}) != 1 || { sleep 300 & wait; }\necho "{\\"test\\": {\\"score\\": $1}}" > metrics.json; touch model\n`,
    });
    const handle = await rig.start(root, { params: { x: [1, 2, 3] } });
    await untilState<SweepState>(
      handle,
      () => existsSync(tries) && readFileSync(tries, 'utf8').endsWith('2\n'),
    );
    await rig.stopWorkers();
    rig.stopWorkers = await startWorkers(rig.env, rig.served, { slots: 4 });
    const result = (await handle.result()) as SweepResult;
    expect(result.trials.map(({ value }) => value)).toEqual([1, 2, 3]);
    expect(readFileSync(tries, 'utf8')).toBe('1\n2\n2\n3\n');
  });

  it('leaves nothing behind that a later one trips over when it is terminated', async () => {
    const root = rig.project({
      'score.sh': 'sleep "$3"; echo "{\\"test\\": {\\"score\\": $1}}" > metrics.json; touch model\n',
    });
    const handle = await rig.start(root, { params: { seconds: [300] } });
    const { id } = await untilState<SweepState>(handle, ({ trials }) => trials[0]?.status === 'running');
    await handle.terminate();
    expect(copiesOf(root, id)).toEqual(['001']);
    const result = await rig.sweep(root, { params: { x: [1] } });
    expect(statuses(result)).toEqual(['done']);
    expect(copiesOf(root, id)).toEqual([]);
    expect((await readRecord(root, id))?.status).toBe('abandoned');
  });
});
