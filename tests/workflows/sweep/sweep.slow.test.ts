import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApplicationFailure } from '@temporalio/common';
import type { SweepResult, SweepState } from '../../../workflows/index.js';
import { readRecord } from '../../../runner/index.js';
import { makeProject, writeFiles } from '../../rig/project.js';
import { failureOf, untilState } from '../../rig/runs.js';
import { SCORE_PROJECT, fingerprint, git, makeGitProject } from '../../rig/sweep-project.js';
import { SweepRig, copiesOf, score, statuses } from '../../rig/sweep-runs.js';
import { SplitMix64, successiveHalving } from './reference.js';

let rig: SweepRig;
beforeAll(async () => {
  rig = await SweepRig.start();
});
afterAll(async () => {
  await rig?.end();
});

describe('a grid', () => {
  it('tries every point in a copy of its own, and touches nothing of the user', async () => {
    const root = rig.project();
    const before = fingerprint(root);
    const result = await rig.sweep(root, { params: { x: [1, 3, 4], 'model.y': [0.5, 2] }, jobs: 2 });
    expect(result.trials.map(({ params, value, status }) => ({ params, value, status }))).toEqual(
      [1, 3, 4].flatMap((x) =>
        [0.5, 2].map((y) => ({ params: { x, 'model.y': y }, value: score(x, y), status: 'done' })),
      ),
    );
    expect(result).toMatchObject({ status: 'succeeded', best: '004' });
    expect(fingerprint(root)).toEqual(before);
    expect(copiesOf(root, result.id)).toEqual([]);
    const refs = git(root, 'for-each-ref', '--format=%(refname)', 'refs/exps').split('\n');
    const head = git(root, 'rev-parse', 'HEAD');
    expect(refs).toEqual(
      [1, 2, 3, 4, 5, 6].map((n) => `refs/exps/${head.slice(0, 2)}/${head.slice(2)}/${result.id}-00${n}`),
    );
    const { seconds: _, ...state } = result;
    const record = await readRecord(root, result.id);
    expect(record).toMatchObject({ status: 'succeeded', id: result.id });
    expect((record?.state as SweepState).trials).toEqual(state.trials);
  });

  it('runs at most `jobs` trials at once, and so many of them', async () => {
    const log = join(rig.served, `spans-${randomUUID()}`);
    const root = rig.project({
      'score.sh': `date +%s%N >> ${log}-$1-$2\ni=0\nuntil test $(ls ${log}-* | wc -l) -ge 3 || test $i = 600; do i=$((i+1)); sleep 0.1; done\nsleep 1\ndate +%s%N >> ${log}-$1-$2\necho '{"test": {"score": 1}}' > metrics.json\ntouch model\n`,
    });
    await rig.sweep(root, { params: { x: [1, 2], 'model.y': [1.5, 2.5, 3.5] }, jobs: 3 });
    const spans = readdirSync(rig.served)
      .map((name) => join(rig.served, name))
      .filter((path) => path.startsWith(log))
      .map((path) => readFileSync(path, 'utf8').trim().split('\n').map(Number) as [number, number]);
    expect(spans).toHaveLength(6);
    const together = spans.map(([at]) => spans.filter(([from, to]) => from <= at && at < to).length);
    expect(Math.max(...together)).toBe(3);
  });

  it('continues as new when its history grows long, and loses nothing', async () => {
    const root = rig.project();
    const handle = await rig.start(root, { params: { x: { int: [1, 5] } }, jobs: 2, trialsPerRun: 2 });
    const result = (await handle.result()) as SweepResult;
    expect(result.trials.map(({ params, value }) => [params['x'], value])).toEqual(
      [1, 2, 3, 4, 5].map((x) => [x, score(x, 0.5)]),
    );
    const { raw, runId } = await rig.env.client.workflow.getHandle(handle.workflowId).describe();
    expect(raw.workflowExecutionInfo?.firstRunId).not.toBe(runId);
    expect(result.id).toBe(`sweep-${raw.workflowExecutionInfo?.firstRunId?.slice(-8)}`);
    const record = (await readRecord(root, result.id))?.state as SweepState;
    expect(record.trials).toEqual(result.trials);
  });

  it('works for a project inside a repository, whose metrics DVC caches', async () => {
    const files = Object.entries(SCORE_PROJECT).map(([path, text]) => [
      `sub/${path}`,
      text.replace(': {cache: false}', ''),
    ]);
    const top = makeGitProject({ ...Object.fromEntries(files), 'sub/.dvc/config': '' }, rig.served);
    git(top, 'rm', '-rq', '.dvc', '.dvcignore');
    git(top, 'commit', '-qm', 'The project is below');
    writeFiles(top, {
      'sub/dvc.yaml': readFileSync(join(top, 'sub/dvc.yaml'), 'utf8').replace(
        '[{metrics.json}]',
        '[metrics.json]',
      ),
    });
    const root = join(top, 'sub');
    const result = await rig.sweep(root, { params: { x: [2, 3] } });
    expect(result.trials.map(({ value }) => value)).toEqual([score(2, 0.5), score(3, 0.5)]);
    const listed = git(top, 'ls-tree', '-r', '--name-only', result.trials[0]?.experiment?.commit ?? '').split(
      '\n',
    );
    expect(listed).toContain('sub/dvc.lock');
    expect(listed).not.toContain('sub/metrics.json');
  });
});

describe('random and successive halving', () => {
  it('draw what the reference draws', async () => {
    const root = rig.project();
    const params = {
      x: { uniform: [0, 6] as [number, number] },
      'model.y': { int: [0, 4] as [number, number] },
    };
    const result = await rig.sweep(root, { method: 'random', params, maxTrials: 4, seed: 11, jobs: 4 });
    const reference = new SplitMix64(11);
    const expected = Array.from({ length: 4 }, () => ({
      x: Number((6 * reference.uniform()).toPrecision(6)),
      'model.y': Math.floor(5 * reference.uniform()),
    }));
    expect(result.trials.map((trial) => trial.params)).toEqual(expected);
    for (const { params, value } of result.trials)
      expect(value).toBeCloseTo(score(params['x'] as number, params['model.y'] as number), 5);
  });

  it('promote what the reference promotes', async () => {
    const root = rig.project({
      'score.sh':
        'awk -v x="$1" -v e="$3" \'BEGIN { printf "{\\"test\\": {\\"score\\": %.9f}}\\n", x * (1 - 0.2 * (e - 1)) }\' > metrics.json; touch model\n',
    });
    const result = await rig.sweep(root, {
      method: 'asha',
      params: { x: { uniform: [-1, 1] } },
      maxTrials: 7,
      seed: 5,
      asha: { resource: 'seconds', max: 4, eta: 2 },
    });
    const reference = new SplitMix64(5);
    const xs = Array.from({ length: 7 }, () => Number((-1 + 2 * reference.uniform()).toPrecision(6)));
    const value = (number: number, rung: number) => (xs[number - 1] as number) * (1 - 0.2 * (2 ** rung - 1));
    expect(result.trials.map(({ number, rung }) => [number, rung])).toEqual(
      successiveHalving(7, 3, 2, value),
    );
    for (const trial of result.trials) expect(trial.value).toBeCloseTo(value(trial.number, trial.rung), 6);
    expect(result.best).toMatch(/-r2$/);
  });
});

describe('failures', () => {
  it('of a trial do not end the sweep', async () => {
    const root = rig.project({
      'score.sh':
        'test "$1" != 2 || { echo it broke; exit 3; }\necho "{\\"test\\": {\\"score\\": $1}}" > metrics.json; touch model\n',
    });
    const result = await rig.sweep(root, { params: { x: [1, 2, 3] } });
    expect(statuses(result)).toEqual(['done', 'failed', 'done']);
    const reason = result.trials[1]?.reason ?? '';
    expect(reason).toMatch(/train: the command failed with exit code 3[^]*it broke/);
    const log = /log: (.*)$/m.exec(reason)?.[1] ?? '';
    expect(readFileSync(log, 'utf8')).toContain('it broke');
    expect(copiesOf(root, result.id)).toEqual([]);
  });

  it('of all trials fail it, with the first reason', async () => {
    const root = rig.project();
    const failure = await failureOf(
      rig.sweep(root, { params: { x: [1, 2] }, metric: 'metrics.json:accuracy' }),
    );
    expect(failure.type).toBe('SweepFailed');
    expect(failure.message).toMatch(
      /metrics\.json: metrics\.json has no figure accuracy\n {2}found: test\.score/,
    );
    expect(statuses(failure.details?.[0] as SweepResult)).toEqual(['failed', 'failed']);
  });

  it('of the input name the field', async () => {
    const root = rig.project();
    for (const [input, field] of [
      [{}, 'params'],
      [{ params: { x: [1] }, metric: 'accuracy' }, 'metric'],
      [{ params: { x: { uniform: [0, 1] } } }, 'params.x'],
      [{ params: { x: [1] }, jbos: 2 }, 'jbos'],
    ] as const) {
      const failure = await failureOf(rig.start(root, input).then((handle) => handle.result()));
      expect(failure).toMatchObject({ type: 'InvalidInput', nonRetryable: true, details: [{ field }] });
    }
    const none = await rig.env.client.workflow.start('sweep', {
      taskQueue: 'reprise',
      workflowId: randomUUID(),
      args: [],
    });
    expect((await failureOf(none.result())).details).toEqual([{ field: 'params' }]);
  });

  it('of the project come before any trial, with what to do', async () => {
    const codeOf = async (root: string, input: object) => {
      const failure = await failureOf(rig.start(root, input).then((handle) => handle.result()));
      return [
        (failure.cause as ApplicationFailure).type,
        (failure.cause as ApplicationFailure).message,
      ] as const;
    };
    const root = rig.project({ 'list.yaml': 'a: [1]\n', 'p.toml': 'a = 1\n' });
    for (const [name, code] of [
      ['nothing', 'missing-param'],
      ['other.yaml:x', 'missing-params-file'],
      ['../params.yaml:x', 'missing-params-file'],
      ['list.yaml:a', 'params-format'],
      ['p.toml:a', 'params-format'],
      ['x.', 'bad-param-name'],
    ] as const)
      expect([name, (await codeOf(root, { params: { [name]: [1] } }))[0]]).toEqual([name, code]);

    const params = { x: [1] };
    const plain = makeProject(SCORE_PROJECT, rig.served);
    expect(await codeOf(plain, { params })).toEqual([
      'sweep-needs-git',
      expect.stringContaining('git init') as string,
    ]);
    const outside = makeGitProject(SCORE_PROJECT);
    expect((await codeOf(outside, { params }))[0]).toBe('workspace-outside');
    git(root, 'rm', '-q', '--cached', 'score.sh');
    expect(await codeOf(root, { params })).toEqual([
      'sweep-untracked',
      expect.stringContaining('git add score.sh') as string,
    ]);
    const named = rig.project();
    await rig.sweep(named, { params, name: 'first' });
    expect((await codeOf(named, { params, name: 'first' }))[0]).toBe('sweep-exists');
  });
});

describe('applyBest', () => {
  it('makes the workspace what the best trial made, unless the user changed it since', async () => {
    const root = rig.project();
    const first = await rig.sweep(root, { params: { x: [2, 3] }, applyBest: true });
    expect(first.applied).toEqual({ label: '002' });
    expect(readFileSync(join(root, 'params.yaml'), 'utf8')).toBe(
      SCORE_PROJECT['params.yaml'].replace('x: 1 ', 'x: 3 '),
    );
    expect(readFileSync(join(root, 'model'), 'utf8')).toBe('3 0.5\n');
    expect(git(root, 'diff', '--cached', '--name-only')).toBe('');

    const handle = await rig.start(root, { params: { 'model.y': [1, 2], seconds: [2] }, applyBest: true });
    await untilState<SweepState>(handle, ({ trials }) => trials.length > 1);
    const changed = `${SCORE_PROJECT['params.yaml']}mine: 1\n`;
    writeFileSync(join(root, 'params.yaml'), changed);
    const second = (await handle.result()) as SweepResult;
    expect(second.applied).toEqual({
      label: '002',
      error: expect.stringContaining('params.yaml changed since the sweep began') as string,
    });
    expect(readFileSync(join(root, 'params.yaml'), 'utf8')).toBe(changed);
  });
});
