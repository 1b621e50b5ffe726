import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScheduleOverlapPolicy, type WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { PromoteState, RetrainInput, RetrainResult } from '../../../workflows/index.js';
import { dvcSays } from '../../dvc/state/real-dvc.js';
import { beginAt, commitAt } from '../../rig/git-history.js';
import { startGit, type GitRepository, type GitServer } from '../../rig/git-server.js';
import { newData, retrainingFiles, testSet } from '../../rig/retraining.js';
import { failureOf, untilState } from '../../rig/runs.js';
import { describeWithS3, startS3, type S3Server } from '../../rig/s3.js';
import { startTemporal, startWorkers } from '../../rig/temporal.js';

describeWithS3('retrain on a git workspace', () => {
  let env: TestWorkflowEnvironment;
  let s3: S3Server;
  let git: GitServer;
  const stops: (() => Promise<void>)[] = [];
  const folder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'reprise-host-')));
  beforeAll(async () => {
    [env, s3, git] = await Promise.all([startTemporal(), startS3(), startGit()]);
    Object.assign(process.env, s3.env);
    // Two hosts, which share nothing: whichever is free takes the next step.
    for (const host of [folder(), folder()])
      stops.push(await startWorkers(env, host, { repositories: [git.url], slots: 2 }));
  });
  afterAll(async () => {
    await Promise.all(stops.map((stop) => stop()));
    git?.stop();
    await s3?.stop();
    await env?.teardown();
  });

  interface World extends GitRepository {
    /** Where new data comes. */
    readonly folder: string;
  }

  const world = (config = ''): World => {
    const place = folder();
    newData(place, 0.5);
    const repository = git.makeRepository(randomUUID(), {
      '.dvc/config': `[core]\n    remote = store\n['remote "store"']\n    url = s3://${s3.makeBucket()}/dvc\n    endpointurl = ${s3.endpoint}\n`,
      ...retrainingFiles(place, config),
    });
    return { ...repository, folder: place };
  };
  const start = (
    type: 'retrain' | 'promote',
    { url }: GitRepository,
    workspace: object = {},
    input: RetrainInput = {},
  ): Promise<WorkflowHandle> =>
    env.client.workflow.start(type, {
      taskQueue: 'reprise',
      workflowId: `git/${randomUUID()}`,
      args: [{ workspace: { kind: 'git', url, branch: 'main', ...workspace }, ...input }],
    });
  const retrain = async (...args: Parameters<typeof start> extends [unknown, ...infer R] ? R : never) =>
    (await (await start('retrain', ...args)).result()) as RetrainResult;
  const tipOf = ({ git: inClone }: GitRepository, branch = 'main'): string =>
    inClone('ls-remote', 'origin', `refs/heads/${branch}`).split('\t')[0] ?? '';
  const checkout = ({ url }: GitRepository, branch = 'main'): string => {
    const clone = folder();
    execFileSync('git', ['clone', '--quiet', '--branch', branch, url, clone]);
    return clone;
  };
  const production = (repository: GitRepository, branch?: string): Record<string, unknown> =>
    JSON.parse(readFileSync(join(checkout(repository, branch), 'final/production.json'), 'utf8')) as Record<
      string,
      unknown
    >;
  const promotionOf = ({ promotion = '' }: RetrainResult): WorkflowHandle =>
    env.client.workflow.getHandle(promotion);

  it('promotes on the branch, leaves it alone without new data, and keeps a worse model out', async () => {
    const place = world();
    expect(await retrain(place)).toMatchObject({
      outcome: 'promoted',
      version: 1,
      judged: { judgement: { verdict: 'first' } },
    });
    const made = checkout(place);
    await dvcSays(made, 'pull');
    expect(readFileSync(join(made, 'final/model_v1/weights'), 'utf8')).toBe('0.5 0\n');
    expect(JSON.parse(await dvcSays(made, 'status', '--json'))).toEqual({});
    expect(execFileSync('git', ['status', '--short'], { cwd: made, encoding: 'utf8' })).toBe('');
    expect(execFileSync('git', ['log', '--format=%s'], { cwd: made, encoding: 'utf8' })).toBe(
      'Promote version 1\nReproduce train, evaluate\nReproduce fetch\nChange\n',
    );
    // The record is byte for byte the one that dvc writes of the same data.
    const record = readFileSync(join(made, 'final/model_v1.dvc'), 'utf8');
    await dvcSays(made, 'add', '--force', 'final/model_v1');
    expect(readFileSync(join(made, 'final/model_v1.dvc'), 'utf8')).toBe(record);

    const before = tipOf(place);
    const unchanged = await retrain(place);
    expect(unchanged).toMatchObject({ outcome: 'unchanged', version: 1 });
    expect(unchanged.seconds).toBeLessThan(20);
    expect(tipOf(place)).toBe(before);
    expect(readFileSync(join(place.folder, 'trained'), 'utf8')).toBe('run\n');

    newData(place.folder, 0.8);
    expect(await retrain(place)).toMatchObject({
      outcome: 'promoted',
      version: 2,
      judged: { judgement: { verdict: 'better', comparison: { production: 1, rows: 400 } } },
    });
    expect(production(place)).toMatchObject({ version: 2, previous: 1 });

    newData(place.folder, 0.3);
    expect(await retrain(place)).toMatchObject({ outcome: 'rejected', version: 2 });
    expect(production(place)).toMatchObject({ version: 2 });
    expect(await retrain(place)).toMatchObject({ outcome: 'unchanged', version: 2 });
  });

  it('waits for a person, whose answer is committed to whatever the branch is by then', async () => {
    const place = world();
    await retrain(place);
    newData(place.folder, 0.5, 25);
    const held = await retrain(place);
    expect(held).toMatchObject({ outcome: 'held', judged: { judgement: { verdict: 'even' } } });
    // Every host knows that it was judged, and does not ask anew.
    expect(await retrain(place)).toMatchObject({ outcome: 'unchanged', version: 1 });
    place.git('pull', '--quiet', 'origin', 'main');
    const theirs = place.commit({ 'notes.md': 'meanwhile\n' });
    const promotion = promotionOf(held);
    await untilState<PromoteState>(promotion, ({ status }) => status === 'waiting');
    await promotion.executeUpdate('approve', { args: [{ by: 'ada', reason: 'newer data' }] });
    expect(await promotion.result()).toMatchObject({ outcome: 'promoted', version: 2 });
    expect(production(place)).toMatchObject({ version: 2, promoted: { by: 'ada', reason: 'newer data' } });
    const made = checkout(place);
    expect(execFileSync('git', ['rev-parse', 'HEAD~1'], { cwd: made, encoding: 'utf8' }).trim()).toBe(theirs);
    await dvcSays(made, 'pull', 'final/model_v2');
    expect(readFileSync(join(made, 'final/model_v2/weights'), 'utf8')).toBe('0.5 25\n');
  });

  it('does not replace a model that came into production meanwhile', async () => {
    const place = world('  approval: always\n');
    const first = await retrain(place);
    expect(first).toMatchObject({ outcome: 'held', version: 0 });
    const second = await start('promote', place, {}, { approval: 'never' });
    expect(await second.result()).toMatchObject({ outcome: 'promoted', version: 1 });
    const before = tipOf(place);
    await promotionOf(first).executeUpdate('approve', { args: [{ by: 'ada', reason: 'late' }] });
    expect(await promotionOf(first).result()).toMatchObject({ outcome: 'stale' });
    expect(tipOf(place)).toBe(before);
  });

  it('lets rounds and people work at the same time, and loses nothing of any', async () => {
    const place = world();
    await retrain(place);
    newData(place.folder, 0.9);
    const rounds = [await start('retrain', place), await start('retrain', place)];
    place.git('pull', '--quiet', 'origin', 'main');
    let theirs = '';
    for (let i = 0; theirs === ''; i++) {
      try {
        theirs = place.commit({ 'notes.md': 'meanwhile\n' });
      } catch {
        // A round was quicker: as a person would, on top of that.
        if (i === 10) throw new Error('the branch never stood still');
        place.git('pull', '--quiet', '--rebase', 'origin', 'main');
        theirs = place.git('rev-parse', 'HEAD');
        place.git('push', '--quiet', 'origin', 'main');
      }
    }
    const outcomes = (await Promise.all(rounds.map((round) => round.result()))).map(
      (result) => (result as RetrainResult).outcome,
    );
    expect(outcomes).toContain('promoted');
    for (const outcome of outcomes) expect(['promoted', 'unchanged', 'stale']).toContain(outcome);
    expect(outcomes.filter((outcome) => outcome === 'promoted')).toHaveLength(1);
    expect(production(place)).toMatchObject({ version: 2, previous: 1 });
    const made = checkout(place);
    expect(readFileSync(join(made, 'notes.md'), 'utf8')).toBe('meanwhile\n');
    execFileSync('git', ['merge-base', '--is-ancestor', theirs, 'HEAD'], { cwd: made });
    await dvcSays(made, 'pull');
    expect(JSON.parse(await dvcSays(made, 'status', '--json'))).toEqual({});
    expect(readFileSync(join(place.folder, 'trained'), 'utf8')).toBe('run\nrun\n');
  });

  it('asks the model in production about new test rows, on a host that fetches it', async () => {
    const place = world('  predict: node evaluate.mjs "$REPRISE_MODEL" "$REPRISE_PREDICTIONS"\n');
    await retrain(place);
    place.git('pull', '--quiet', 'origin', 'main');
    place.commit({ 'test.jsonl': testSet(300) });
    newData(place.folder, 0.9);
    expect(await retrain(place)).toMatchObject({
      outcome: 'promoted',
      version: 2,
      judged: { judgement: { comparison: { rows: 300, accuracy: { production: 0.5, candidate: 0.9 } } } },
    });
  });

  it('updates what is imported from another repository when a round begins', async () => {
    const data = git.makeRepository(randomUUID(), { source: '0.5 0\n' });
    const place = world();
    const pipeline = readFileSync(join(place.clone, 'dvc.yaml'), 'utf8');
    place.commit({ 'dvc.yaml': pipeline.replace(/^ {2}fetch: .*\n/m, '') });
    await dvcSays(place.clone, 'import', data.url, 'source', '--out', 'data');
    place.commit({});
    const first = await retrain(place);
    expect(first).toMatchObject({ outcome: 'promoted', version: 1 });
    const before = tipOf(place);
    expect(await retrain(place)).toMatchObject({ outcome: 'unchanged', version: 1 });
    expect(tipOf(place)).toBe(before);

    // Data that no other test has: on a host that had it, the evaluation would be restored from the run cache.
    const commit = data.commit({ source: '0.85 0\n' });
    const second = await retrain(place);
    expect(second).toMatchObject({ outcome: 'promoted', version: 2 });
    expect(second.stages.map(({ address, outcome }) => [address, outcome])).toEqual([
      ['data.dvc', 'ran'],
      ['train', 'ran'],
      ['evaluate', 'ran'],
    ]);
    const made = checkout(place);
    expect(readFileSync(join(made, 'data.dvc'), 'utf8')).toContain(`rev_lock: ${commit}\n`);
    await dvcSays(made, 'pull');
    expect(readFileSync(join(made, 'data'), 'utf8')).toBe('0.85 0\n');
    expect(JSON.parse(await dvcSays(made, 'status', '--json'))).toEqual({});
    await dvcSays(made, 'update', '--quiet', 'data.dvc');
    expect(execFileSync('git', ['status', '--short'], { cwd: made, encoding: 'utf8' })).toBe('');
  });

  it('is backfilled over revisions: each round judges the model of the data of its time, and fetches nothing', async () => {
    const place = world();
    beginAt(place, '2025-12-31T12:00:00Z');
    const committed = async (time: string, quality: number): Promise<void> => {
      newData(place.folder, quality);
      await dvcSays(place.clone, 'repro', '--force', '--quiet', 'fetch');
      await dvcSays(place.clone, 'push', '--quiet');
      commitAt(place, time, {});
    };
    await committed('2026-01-01T12:00:00Z', 0.5);
    await committed('2026-01-02T12:00:00Z', 0.7);
    newData(place.folder, 0.9);
    const id = randomUUID();
    const schedule = await env.client.schedule.create({
      scheduleId: id,
      spec: { intervals: [{ every: '1d' }] },
      state: { paused: true },
      action: {
        type: 'startWorkflow',
        workflowType: 'retrain',
        workflowId: id,
        taskQueue: 'reprise',
        args: [{ workspace: { kind: 'git', url: place.url, branch: 'main', asOf: 'schedule' } }],
      },
    });
    await schedule.backfill({
      start: new Date('2026-01-02T00:00:00Z'),
      end: new Date('2026-01-03T00:00:00Z'),
      overlap: ScheduleOverlapPolicy.BUFFER_ALL,
    });
    const round = (day: string) => resultWhenStarted(`${id}-${day}T00:00:00Z`);
    expect(await round('2026-01-02')).toMatchObject({ outcome: 'promoted', version: 1 });
    expect(await round('2026-01-03')).toMatchObject({
      outcome: 'promoted',
      version: 2,
      judged: { judgement: { comparison: { accuracy: { production: 0.5, candidate: 0.7 } } } },
    });
    await schedule.delete();
    const made = checkout(place);
    await dvcSays(made, 'pull', 'final/model_v1', 'final/model_v2');
    const weights = (version: number) => readFileSync(join(made, `final/model_v${version}/weights`), 'utf8');
    expect([weights(1), weights(2)]).toEqual(['0.5 0\n', '0.7 0\n']);
    // What each trained is on a branch of its own: main has what people committed, and what was promoted.
    expect(execFileSync('git', ['log', '--format=%s'], { cwd: made, encoding: 'utf8' })).toBe(
      'Promote version 2\nPromote version 1\nChange\nChange\nBegin\n',
    );
    expect(await failureOf((await start('retrain', place, { asOf: 'schedule' })).result())).toMatchObject({
      type: 'InvalidInput',
      message: expect.stringMatching(/^workspace\.asOf: no schedule started this run/),
    });
    // Today's data is what a round without it fetches.
    expect(await retrain(place)).toMatchObject({ outcome: 'promoted', version: 3 });
  });

  /** Of a round that the schedule starts when the one before it has ended. */
  async function resultWhenStarted(workflowId: string): Promise<RetrainResult> {
    const handle = env.client.workflow.getHandle(workflowId);
    for (let i = 0; i < 600; i++) {
      const found = await handle.describe().catch(() => undefined);
      if (found) return (await handle.result()) as RetrainResult;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`the schedule did not start ${workflowId}`);
  }

  it('promotes into another branch than the one that is trained, which it leaves as it is', async () => {
    const place = world();
    const before = tipOf(place);
    const workspace = { rev: 'main', branch: 'released' };
    expect(await retrain(place, workspace)).toMatchObject({ outcome: 'promoted', version: 1 });
    newData(place.folder, 0.8);
    expect(await retrain(place, workspace)).toMatchObject({ outcome: 'promoted', version: 2 });
    expect(await retrain(place, workspace)).toMatchObject({ outcome: 'unchanged', version: 2 });
    expect(tipOf(place)).toBe(before);
    expect(production(place, 'released')).toMatchObject({ version: 2, previous: 1 });
  });

  it('says what is wrong with its workspace', async () => {
    const place = world();
    const failure = async (workspace: object) =>
      await failureOf((await start('retrain', place, workspace)).result());
    expect(await failure({ branch: undefined })).toMatchObject({
      type: 'InvalidInput',
      message: expect.stringMatching(/^workspace\.branch: expected the branch that says which model/),
    });
    expect((await failure({ branch: 'none' })).cause).toMatchObject({ type: 'revision-missing' });
    expect((await failure({ rev: 'none' })).cause).toMatchObject({ type: 'revision-missing' });
    expect((await failure({ url: 'https://example.com/x.git' })).cause).toMatchObject({
      type: 'repository-not-allowed',
    });
  });
});
