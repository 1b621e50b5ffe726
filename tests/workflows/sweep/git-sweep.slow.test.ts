import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ActivityFailure, type ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { STATE_QUERY, type SweepResult, type SweepState } from '../../../workflows/index.js';
import { SWEEP_RECORDS, readRecords } from '../../../workspaces/index.js';
import { dvcSays } from '../../dvc/state/real-dvc.js';
import { beginAt, commitAt } from '../../rig/git-history.js';
import { startGit, type GitRepository, type GitServer } from '../../rig/git-server.js';
import { describeWithS3, startS3, type S3Server } from '../../rig/s3.js';
import { SCORE_PROJECT } from '../../rig/sweep-project.js';
import { startTemporal, startWorkers } from '../../rig/temporal.js';
import { successiveHalving } from './reference.js';

const temporary = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'reprise-host-')));

/** What the trainings on a host printed, run by run. */
function logsOf(host: string): string[] {
  const logs = join(host, '.reprise/logs');
  if (!existsSync(logs)) return [];
  return readdirSync(logs, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('train.log'))
    .map((name) => readFileSync(join(logs, name), 'utf8'));
}

describeWithS3('a sweep over a git repository', () => {
  let env: TestWorkflowEnvironment;
  let s3: S3Server;
  let git: GitServer;
  const hosts: string[] = [];
  const stops: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    [env, s3, git] = await Promise.all([startTemporal(), startS3(), startGit()]);
    Object.assign(process.env, s3.env);
    // Two hosts: what one has prepared or made, the other has to fetch.
    for (const id of ['a', 'b']) {
      const folder = temporary();
      hosts.push(folder);
      stops.push(
        await startWorkers(env, folder, { repositories: [git.url], slots: 1, hostId: `host-${id}` }),
      );
    }
  });
  afterAll(async () => {
    await Promise.all(stops.map((stop) => stop()));
    git?.stop();
    await s3?.stop();
    await env?.teardown();
  });

  const repository = (files: Readonly<Record<string, string>> = {}): GitRepository =>
    git.makeRepository(randomUUID(), {
      ...SCORE_PROJECT,
      '.dvc/config': `[core]\n    remote = store\n['remote "store"']\n    url = s3://${s3.makeBucket()}/dvc\n    endpointurl = ${s3.endpoint}\n`,
      ...files,
    });
  const start = (url: string, input: object): Promise<WorkflowHandle> =>
    env.client.workflow.start('sweep', {
      taskQueue: 'reprise',
      workflowId: randomUUID(),
      args: [{ workspace: { kind: 'git', url }, metric: 'metrics.json:test.score', ...input }],
    });
  const refusalOf = async (url: string, input: object): Promise<readonly [string, string]> => {
    const error: unknown = await (await start(url, input)).result().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(WorkflowFailedError);
    const { cause } = error as WorkflowFailedError;
    const { type, message } = (cause instanceof ActivityFailure ? cause.cause : cause) as ApplicationFailure;
    return [type ?? '', message];
  };
  const branches = ({ git: run }: GitRepository): string[] =>
    run('ls-remote', '--heads', 'origin')
      .split('\n')
      .map((line) => line.split('\t')[1] ?? '');

  it('leaves experiments that dvc lists, pulls and applies, and no branch', async () => {
    const made = repository();
    // The first is what is committed: there is no change of params to be committed for it.
    const handle = await start(made.url, {
      params: { x: [1, 3], 'model.y': [0.5, 2] },
      jobs: 2,
      name: 'tried',
    });
    const result = (await handle.result()) as SweepResult;
    const scores = Object.fromEntries(result.trials.map(({ label, value }) => [label, value]));
    expect(scores).toEqual({ '001': 3.75, '002': 6, '003': 7.75, '004': 10 });
    expect(result.best).toBe('004');
    expect(branches(made)).toEqual(['refs/heads/main']);

    const clone = temporary();
    execFileSync('git', ['clone', '--quiet', made.url, clone]);
    expect((await dvcSays(clone, 'exp', 'list', '--name-only', 'origin')).trim().split('\n').sort()).toEqual(
      ['001', '002', '003', '004'].map((label) => `tried-${label}`),
    );
    await dvcSays(clone, 'exp', 'pull', 'origin', 'tried-004');
    await dvcSays(clone, 'exp', 'apply', 'tried-004');
    expect(readFileSync(join(clone, 'model'), 'utf8')).toBe('3 2.0\n');
    expect(readFileSync(join(clone, 'params.yaml'), 'utf8')).toBe(
      SCORE_PROJECT['params.yaml'].replace('x: 1', 'x: 3').replace('y: 0.5', 'y: 2.0'),
    );
    expect(JSON.parse(await dvcSays(clone, 'status', '--json'))).toEqual({});

    expect(await refusalOf(made.url, { params: { x: [2] }, name: 'tried' })).toEqual([
      'sweep-exists',
      expect.stringContaining('a sweep tried already') as string,
    ]);
  });

  it('reads a metric that DVC keeps, which no checkout has', async () => {
    const { url } = repository({
      'dvc.yaml': SCORE_PROJECT['dvc.yaml'].replace('{metrics.json: {cache: false}}', 'metrics.json'),
    });
    const result = (await (await start(url, { params: { x: [2, 3] } })).result()) as SweepResult;
    expect(result.trials.map(({ value }) => value)).toEqual([6.75, 7.75]);
  });

  it('removes the branches of trials that fail or are canceled', async () => {
    const made = repository({ 'score.sh': `if [ "$1" = 2 ]; then exit 3; fi; sleep 300\n` });
    const handle = await start(made.url, { params: { x: [2, 3] } });
    for (;;) {
      const { trials } = await handle.query<SweepState>(STATE_QUERY);
      if (trials[0]?.status === 'failed' && trials[1]?.status === 'running') break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    expect(branches(made)).toEqual(['refs/heads/main']);
  });

  it('removes, when the next sweep begins, the branches of one that was terminated', async () => {
    const made = repository({
      'score.sh': `[ "$1" = 1 ] || sleep 300; echo '{"test": {"score": 1}}' > metrics.json; touch model\n`,
    });
    const first = await start(made.url, { params: { x: [1, 2] }, name: 'first' });
    for (;;) {
      const { trials } = await first.query<SweepState>(STATE_QUERY);
      if (trials[1]?.status === 'running') break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await first.terminate();
    const child = env.client.workflow.getHandle(`${first.workflowId}-first-002`);
    await child.result().catch(() => undefined);
    expect(branches(made)).toContain('refs/heads/reprise/first-002');
    made.git('push', '--quiet', 'origin', 'main:reprise/first-aid');

    await (await start(made.url, { params: { x: [1] }, name: 'second' })).result();
    expect(branches(made).sort()).toEqual(['refs/heads/main', 'refs/heads/reprise/first-aid']);
    const records = [...(await readRecords(made.url, SWEEP_RECORDS)).values()].map(
      (text) => JSON.parse(text) as object,
    );
    expect(records).toMatchObject([
      {
        id: 'first',
        status: 'abandoned',
        state: { trials: [{ label: '001', status: 'done' }, { label: '002' }] },
      },
      { id: 'second', status: 'succeeded', state: { git: { url: made.url, path: '.' } } },
    ]);
    expect(await refusalOf(made.url, { params: { x: [1] }, name: 'first' })).toEqual([
      'sweep-exists',
      expect.stringContaining('a sweep first already') as string,
    ]);
  });

  it('sweeps what the repository was at a time', async () => {
    const made = repository();
    const then = beginAt(made, '2026-01-01T12:00:00Z');
    commitAt(made, '2026-01-03T12:00:00Z', {
      'params.yaml': SCORE_PROJECT['params.yaml'].replace('y: 0.5', 'y: 2'),
    });
    const ofThen = await start(made.url, {
      workspace: { kind: 'git', url: made.url, rev: 'main', asOf: '2026-01-02T00:00:00Z' },
      params: { x: [3] },
    });
    expect(await ofThen.result()).toMatchObject({ git: { commit: then }, trials: [{ value: 7.75 }] });
    expect((await (await start(made.url, { params: { x: [3] } })).result()) as SweepResult).toMatchObject({
      trials: [{ value: 10 }],
    });
    expect(
      await refusalOf(made.url, {
        workspace: { kind: 'git', url: made.url, asOf: 'schedule' },
        params: { x: [3] },
      }),
    ).toEqual([
      'InvalidInput',
      expect.stringMatching(/^workspace\.asOf: no schedule started this run/) as string,
    ]);
  });

  it('stops trials by what they report, and goes on with the best from its checkpoint, on whichever host', async () => {
    // Its state after each step depends on all before it, and is what it makes.
    const script = `state=begin; at=0
for saved in "$REPRISE_CHECKPOINTS"/step-*; do [ -d "$saved" ] && read -r at state < "$saved/at"; done
echo "began at $at"
while [ "$at" -lt "$2" ]; do
  at=$((at + 1)); state=$(echo "$state $1 $at" | cksum | cut -d ' ' -f 1)
  mkdir "$REPRISE_CHECKPOINTS/.new"; echo "$at $state" > "$REPRISE_CHECKPOINTS/.new/at"
  mv "$REPRISE_CHECKPOINTS/.new" "$REPRISE_CHECKPOINTS/step-$at"
  echo "{\\"step\\": $at, \\"total\\": $2, \\"metrics\\": {\\"loss\\": $1}}" >> "$REPRISE_PROGRESS"
  sleep 0.5
done
echo "{\\"test\\": {\\"score\\": $((2000000 - $1))}}" > metrics.json; echo "$state" > model
`;
    const files = {
      'params.yaml': 'x: 1\nepochs: 1\n',
      'train.sh': script,
      'dvc.yaml': `stages:
  train:
    cmd: sh train.sh \${x} \${epochs}
    deps: [train.sh]
    params: [x, epochs]
    outs: [model]
    metrics: [{metrics.json: {cache: false}}]
`,
    };
    const made = repository({ 'score.sh': '', ...files });
    const handle = await start(made.url, {
      params: { x: { int: [1, 1_000_000] } },
      method: 'asha',
      maxTrials: 4,
      seed: 4,
      asha: { resource: 'epochs', min: 2, max: 8, eta: 4, report: { metric: 'loss' } },
      name: 'halved',
    });
    const { trials, best } = (await handle.result()) as SweepResult;
    const lossOf = (number: number): number =>
      Number(trials.find((trial) => trial.number === number)?.params['x']);
    const expected = successiveHalving(4, 2, 4, (number) => -lossOf(number));
    expect(trials.map(({ number, rung }) => [number, rung])).toEqual(expected);
    for (const { rung, status, reached, value, params } of trials) {
      expect(params['epochs']).toBe(8);
      if (rung === 0)
        expect([status, reached]).toEqual([
          'stopped',
          { address: 'train', step: 2, total: 8, value: params['x'] },
        ]);
      else expect([status, value]).toEqual(['done', 2_000_000 - Number(params['x'])]);
    }
    expect(best).toBe(trials.at(-1)?.label);
    expect(branches(made)).toEqual(['refs/heads/main']);

    // It did not begin anew, though neither its commit nor, perhaps, its host was that of its first rung.
    const begun = hosts
      .flatMap((host) => logsOf(host))
      .flatMap((log) => [...log.matchAll(/^began at (\d+)$/gm)].map(([, at]) => Number(at)))
      .sort((a, b) => a - b);
    expect(begun.slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect(begun.slice(4)).toEqual([expect.any(Number)]);
    expect(begun[4]).toBeGreaterThanOrEqual(2);

    // As if it had been trained at once.
    const x = trials.find(({ label }) => label === best)?.params['x'];
    const alone = temporary();
    const steps = temporary();
    execFileSync('sh', ['-c', `${script.replace('sleep 0.5', '')}`, 'sh', String(x), '8'], {
      cwd: alone,
      env: { ...process.env, REPRISE_CHECKPOINTS: steps, REPRISE_PROGRESS: join(steps, 'progress') },
    });
    const clone = temporary();
    execFileSync('git', ['clone', '--quiet', made.url, clone]);
    await dvcSays(clone, 'exp', 'pull', 'origin', `halved-${best ?? ''}`);
    await dvcSays(clone, 'exp', 'apply', `halved-${best ?? ''}`);
    expect(readFileSync(join(clone, 'model'), 'utf8')).toBe(readFileSync(join(alone, 'model'), 'utf8'));
  });

  it('refuses what would make every trial fail', async () => {
    const { url } = repository();
    expect(await refusalOf(url, { params: { z: [1] } })).toEqual([
      'missing-param',
      expect.stringContaining('z') as string,
    ]);
    expect(await refusalOf('git://elsewhere/project', { params: { x: [1] } })).toEqual([
      'repository-not-allowed',
      expect.stringContaining('--git git://elsewhere/project') as string,
    ]);
    expect(await refusalOf(url, { params: { x: [1] }, applyBest: true })).toEqual([
      'InvalidInput',
      expect.stringContaining('applyBest') as string,
    ]);
  });
});
