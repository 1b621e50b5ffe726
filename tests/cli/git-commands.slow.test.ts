import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ReproduceResult } from '../../workflows/index.js';
import { gitHistory } from '../rig/git-history.js';
import { startGit, type GitServer } from '../rig/git-server.js';
import { endAll, reprise, startReprise, type RepriseEnd } from '../rig/reprise.js';
import { newData, retrainingFiles } from '../rig/retraining.js';
import { describeWithS3, startS3, type S3Server } from '../rig/s3.js';
import { until } from '../rig/servers.js';
import { SCORE_PROJECT } from '../rig/sweep-project.js';
import { startTemporal, startWorkers } from '../rig/temporal.js';

/** From a folder that has nothing of the repository. */
describeWithS3('commands with --git', () => {
  let env: TestWorkflowEnvironment;
  let s3: S3Server;
  let git: GitServer;
  let stop: (() => Promise<void>) | undefined;
  const temporary = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'reprise-git-')));
  const here = temporary();
  beforeAll(async () => {
    [env, s3, git] = await Promise.all([startTemporal(), startS3(), startGit()]);
    Object.assign(process.env, s3.env);
    stop = await startWorkers(env, temporary(), { repositories: [git.url], slots: 2 });
  });
  afterEach(endAll);
  afterAll(async () => {
    await stop?.();
    git?.stop();
    await s3?.stop();
    await env?.teardown();
  });

  const command = (...args: string[]): Promise<RepriseEnd> =>
    reprise(args, here, { TEMPORAL_ADDRESS: env.address });
  const endOf = (end: RepriseEnd): Record<string, unknown> => {
    expect(end).toMatchObject({ code: 0, stderr: '' });
    return JSON.parse(end.stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;
  };
  const withRemote = (): Readonly<Record<string, string>> => ({
    '.dvc/config': `[core]\n    remote = store\n['remote "store"']\n    url = s3://${s3.makeBucket()}/dvc\n    endpointurl = ${s3.endpoint}\n`,
  });

  it('retrain promotes on the branch, where the next round finds it', async () => {
    const data = temporary();
    newData(data, 0.5);
    const { url, git: inClone } = git.makeRepository(randomUUID(), {
      ...withRemote(),
      ...retrainingFiles(data),
    });
    const retrain = () => command('retrain', '--git', url, '--branch', 'main', '--json');
    expect(endOf(await retrain())).toMatchObject({ event: 'end', outcome: 'promoted', version: 1 });
    inClone('pull', '--quiet', 'origin', 'main');
    expect(inClone('log', '--format=%s')).toMatch(/^Promote version 1\n/);
    expect(endOf(await retrain())).toMatchObject({ event: 'end', outcome: 'unchanged', version: 1 });

    expect(await command('retrain', '--git', url)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--git needs --branch here: the branch that says which model/),
    });
  });

  it('watch retrains the repository when data arrives here, of which nothing else is', async () => {
    const data = temporary();
    newData(data, 0.5);
    const { url, git: inClone } = git.makeRepository(randomUUID(), {
      ...withRemote(),
      ...retrainingFiles(data),
    });
    const watch = ['watch', join(data, 'source'), '--git', url];
    const quick = ['--branch', 'main', '--interval', '0.3', '--debounce', '1'];
    const watching = startReprise([...watch, ...quick], here, { TEMPORAL_ADDRESS: env.address });
    await until('it watches', () => watching.stdout().includes('watching '));
    // What is there at the first look is where it begins.
    const seen = join(here, '.reprise/watch');
    await until('it has looked', () => existsSync(seen) && readdirSync(seen).length === 1);
    newData(data, 0.6);
    const isPromoted = (): boolean => {
      inClone('fetch', '--quiet', 'origin', 'main');
      return /^Promote version 1\n/.test(inClone('log', '--format=%s', 'FETCH_HEAD'));
    };
    await until('the model is in production', isPromoted, 120);
    watching.child.kill('SIGTERM');
    expect((await watching.ended).code).toBe(143);

    expect(await command(...watch)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--git needs --branch here/),
    });
    expect(await command(...watch, '--as-of', 'schedule')).toMatchObject({
      stderr: expect.stringMatching(/unknown option '--as-of'/),
    });
  });

  it('sweep run keeps its trials as experiments of the repository', async () => {
    const { url } = git.makeRepository(randomUUID(), { ...withRemote(), ...SCORE_PROJECT });
    const sweep = ['sweep', 'run', '--git', url, '--metric', 'metrics.json:test.score'];
    const end = await command(...sweep, '--param', 'x=1,3', '--name', 'tried', '--json');
    expect(endOf(end)).toMatchObject({ event: 'sweep-end', status: 'succeeded', best: '002' });
    const clone = temporary();
    execFileSync('git', ['clone', '--quiet', url, clone]);
    const dvc = (...args: string[]) =>
      execFileSync(process.env['REPRISE_TEST_DVC'] ?? 'dvc', args, {
        cwd: clone,
        encoding: 'utf8',
        env: { ...process.env, ...s3.env },
      });
    const listed = await command('sweep', 'list', '--git', url);
    expect(listed.stdout).toMatch(/^tried {2}succeeded .* 2 trials .* of [0-9a-f]{8}, best 002: 7\.75\n$/);
    const shown = await command('sweep', 'show', '--git', url);
    expect(shown.stdout).toMatch(/002 \* +3 +7\.75 /);
    const [, pull, apply] = /take it, in a clone: dvc (.*) && dvc (.*)\n/.exec(shown.stdout) ?? [];
    dvc(...(pull ?? '').split(' '));
    dvc(...(apply ?? '').split(' '));
    expect(readFileSync(join(clone, 'model'), 'utf8')).toBe('3 0.5\n');
    const other = git.makeRepository(randomUUID(), SCORE_PROJECT).url;
    expect((await command('sweep', 'list', '--git', other)).stdout).toBe(
      `no sweeps; begin one: reprise sweep run --git ${other} --param … --metric …\n`,
    );
    expect(await command('sweep', 'show', 'none', '--git', url)).toMatchObject({
      code: 1,
      stderr: `the repository has no sweep none\n  fix: see reprise sweep list --git ${url}\n`,
    });

    const left = endOf(await command(...sweep, '--param', 'seconds=300', '--detach', '--json'));
    expect(left).toMatchObject({ event: 'run', state: 'detached' });
    const all = async (): Promise<object[]> =>
      JSON.parse((await command('sweep', 'list', '--git', url, '--json')).stdout) as object[];
    // One that is canceled before it knows what it is of leaves nothing.
    for (let tries = 0; tries < 100 && (await all()).length < 2; tries++)
      await new Promise((resolve) => setTimeout(resolve, 500));
    expect(endOf(await command('runs', 'cancel', String(left['workflowId']), '--json'))).toMatchObject({
      status: 'canceled',
    });
    expect(await all()).toMatchObject([
      { status: 'canceled', trials: 1, path: '.' },
      { id: 'tried', status: 'succeeded' },
    ]);

    expect(await command(...sweep, '--param', 'x=1,3', '--apply-best')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/'--git <url>' cannot be used with option '--apply-best'/),
    });
    expect(await command(...sweep.slice(0, 4), '--metric', 'metrics', '--param', 'x=1')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/expected file:key/),
    });
  });

  it('schedule backfills over revisions: each run gets the data of its time', async () => {
    const { repository, commits } = gitHistory(git);
    const id = randomUUID();
    const created = await command(
      ...['schedule', 'create', id, '--workflow', 'reproduce', '--git', repository.url, '--rev', 'main'],
      ...['--as-of', 'schedule', '--interval', '1d', '--paused', '--json'],
    );
    expect(endOf(created)).toMatchObject({ event: 'schedule', state: 'created', id });
    const span = ['--from', '2026-01-02T00:00:00Z', '--to', '2026-01-04T00:00:00Z'];
    endOf(await command('schedule', 'backfill', id, ...span, '--overlap', 'allow-all', '--json'));
    const found: string[] = [];
    for (const day of ['2026-01-02', '2026-01-03', '2026-01-04'])
      found.push((await resultOf(`${id}-${day}T00:00:00Z`)).commit ?? '');
    expect(found).toEqual(commits);
    expect((await command('schedule', 'list')).stdout).toContain(id);
    endOf(await command('schedule', 'delete', id, '--json'));

    const create = ['schedule', 'create', id, '--cron', '0 3 * * *'];
    expect(await command(...create, '--git', repository.url)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--git needs --branch here/),
    });
    expect(
      await command(...create, '--workflow', 'reproduce', '--git', repository.url, '--as-of', 'yesterday'),
    ).toMatchObject({ code: 1, stderr: expect.stringMatching(/asOf[^]*expected schedule, or a time/) });
    expect(await command(...create, '--as-of', 'schedule')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--as-of is of use with --git only/),
    });
  });

  /** A run that the server is to start in a moment. */
  async function resultOf(workflowId: string): Promise<ReproduceResult> {
    for (let i = 0; ; i++) {
      try {
        return (await env.client.workflow.getHandle(workflowId).result()) as ReproduceResult;
      } catch (error) {
        if (i === 50) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }
});
