import { mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { makeProject } from '../rig/project.js';
import { endAll, reprise, startReprise } from '../rig/reprise.js';
import { serverEnds, until } from '../rig/servers.js';
import { startTemporal } from '../rig/temporal.js';
import { hurry, trainingProject } from '../rig/training.js';

afterEach(endAll);

interface Answer {
  readonly event: string;
  readonly code?: string;
  readonly runs: readonly { readonly runId: string; readonly status: string; readonly stages?: object }[];
  readonly status: string;
  readonly stages: readonly {
    readonly address: string;
    readonly status: string;
    readonly hosts?: string[];
  }[];
}

/** The one object that a verb prints with `--json`. */
async function ask(root: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const end = await reprise(['runs', ...args, '--json'], root, env);
  return { code: end.code, stderr: end.stderr, answer: JSON.parse(end.stdout) as Answer };
}

const FAILING = {
  'dvc.yaml': `stages:
  good: {cmd: echo from good; echo g > g, outs: [g]}
  bad: {cmd: 'echo the token is $MY_TOKEN; test -e mended && echo b > b', deps: [g], outs: [b]}
`,
};

describe('runs on the server of a project', () => {
  it('are listed, shown, read and started again when nothing serves it', async () => {
    const root = makeProject(FAILING);
    const secret = { MY_TOKEN: 'hush-hush-1234' };
    expect((await ask(root, ['list'])).answer.runs).toEqual([]);
    expect((await reprise(['repro'], root, secret)).code).toBe(1);
    await serverEnds(root);

    const { runs } = (await ask(root, ['list'])).answer;
    expect(runs).toMatchObject([{ status: 'failed', type: 'reproduce', stages: { done: 1, total: 2 } }]);
    const id = runs[0]?.runId ?? '';
    expect((await ask(root, ['list', '--status', 'succeeded'])).answer.runs).toEqual([]);
    expect((await reprise(['runs', 'list', '--status', 'odd'], root)).code).toBe(2);

    const shown = await ask(root, ['show', id.slice(0, 13)]);
    expect(shown.answer).toMatchObject({
      event: 'run-details',
      runId: id,
      status: 'failed',
      stages: [
        { address: 'good', status: 'ran', seconds: expect.any(Number) as number },
        { address: 'bad', status: 'failed', error: { code: 'stage-failed' } },
      ],
    });
    const text = await reprise(['runs', 'show', 'latest'], root);
    expect(text.stdout).toMatch(/status +failed\n[^]*bad .*the command failed with exit code 1/);

    const logs = await reprise(['runs', 'logs', id], root);
    expect(logs.stdout).toMatch(
      /^good \| --- good, attempt 1.*\ngood \| from good\nbad \| ---.*\nbad \| the token is \*\*\*\n$/,
    );
    expect(readFileSync(join(root, '.reprise/logs', id, 'bad.log'), 'utf8')).not.toContain(secret.MY_TOKEN);
    const unknown = await ask(root, ['logs', id, 'other']);
    expect(unknown).toMatchObject({ code: 1, answer: { event: 'error', code: 'stage-not-found' } });

    writeFileSync(join(root, 'mended'), '');
    const again = await reprise(['runs', 'retry', id], root);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toMatch(/good: up to date\n[^]*succeeded in .*: 1 skipped, 1 ran/);
    expect(await ask(root, ['retry', 'latest'])).toMatchObject({
      code: 1,
      answer: { code: 'nothing-to-retry' },
    });
    expect((await ask(root, ['list', '-n', '1'])).answer.runs).toMatchObject([{ status: 'succeeded' }]);
    for (const verb of ['show', 'cancel']) {
      const none = await ask(root, [verb, 'no-such-run']);
      expect(none).toMatchObject({ code: 1, stderr: '', answer: { code: 'run-not-found' } });
    }
    await serverEnds(root);
  });

  it('are shown as they stand when their process was killed, and can be closed', async () => {
    const root = makeProject({ 'dvc.yaml': 'stages:\n  long: {cmd: echo begun; sleep 600, outs: [x]}\n' });
    const run = startReprise(['repro', '--json'], root);
    await until('it runs', () => /"status":"running"/.test(run.stdout()));
    const live = await ask(root, ['show', 'latest']);
    expect(live.answer).toMatchObject({
      status: 'running',
      stages: [{ address: 'long', status: 'running' }],
    });
    run.child.kill('SIGKILL');
    await run.ended;

    const shown = await ask(root, ['show', 'latest']);
    expect(shown).toMatchObject({ code: 0, answer: { status: 'running', unanswered: true } });
    expect((await ask(root, ['retry', 'latest'])).answer.code).toBe('run-open');
    expect((await reprise(['runs', 'logs', 'latest', 'long'], root)).stdout).toMatch(/\nbegun\n$/);
    const asked = await reprise(['runs', 'cancel', 'latest', '--force'], root);
    expect(asked).toMatchObject({ code: 0, stdout: 'closed; what it had finished is kept\n' });
    expect((await ask(root, ['show', 'latest'])).answer.status).toBe('terminated');
  });
});

describe('runs on a configured server', () => {
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await startTemporal();
  });
  afterAll(async () => {
    await env?.teardown();
  });

  it('are read from the hosts that ran their stages, followed, and canceled', async () => {
    const wide = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-wide-')));
    const files = {
      'dvc.yaml': `stages:
  near: {cmd: echo here; echo n > n, outs: [n]}
  far:
    cmd: 'i=0; while [ $i -lt 40 ]; do i=$((i+1)); echo line $i $MY_TOKEN; [ $i != 20 ] || while [ ! -e seen ]; do sleep 0.1; done; done; echo f > f'
    outs: [f]
    meta: {reprise: {labels: [far]}}
  last: {cmd: sleep 600, deps: [n, f], outs: [l], meta: {reprise: {labels: [far]}}}
`,
    };
    // Both see the project, each serves another folder: their logs lie apart, as on two hosts.
    const far = makeProject(files, wide);
    const elsewhere = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-client-')));
    const remote = { TEMPORAL_ADDRESS: env.address };
    const workers = [
      startReprise(['worker'], wide, remote),
      startReprise(['worker', '--labels', 'far'], far, { ...remote, MY_TOKEN: 'hush-hush-5678' }),
    ];
    for (const worker of workers) await until('it serves', () => worker.stdout().includes('queues'));
    const workflowId = randomUUID();
    const handle = await env.client.workflow.start('reproduce', {
      taskQueue: 'reprise',
      workflowId,
      args: [{ workspace: { kind: 'path', path: far } }],
    });

    const following = startReprise(['runs', 'logs', workflowId, 'far', '-f'], elsewhere, remote);
    await until('the first lines come while it runs', () => following.stdout().includes('line 3 '));
    expect(following.stdout()).not.toContain('line 40 ');
    writeFileSync(join(far, 'seen'), '');
    const followed = await following.ended;
    expect(followed).toMatchObject({ code: 0, stderr: '' });
    const lines = followed.stdout.split('\n').filter((line) => line.startsWith('line'));
    expect(lines).toEqual(Array.from({ length: 40 }, (_, i) => `line ${i + 1} ***`));

    const { answer } = await ask(elsewhere, ['show', workflowId], remote);
    const [nearStage, farStage] = answer.stages;
    const idOf = (root: string) =>
      Object.values(
        JSON.parse(readFileSync(join(root, '.reprise/host.json'), 'utf8')) as object,
      )[0] as string;
    expect(farStage?.hosts).toEqual([idOf(far)]);
    const nearHost = nearStage?.hosts?.[0];
    expect([idOf(wide), idOf(far)]).toContain(nearHost);
    const here = await reprise(['runs', 'logs', workflowId, 'near'], elsewhere, remote);
    expect(here.stdout).toMatch(/^--- near, attempt 1, .*\nhere\n$/);

    const ended = await reprise(['runs', 'cancel', workflowId], elsewhere, remote);
    expect(ended).toMatchObject({ code: 0, stdout: 'canceled\n' });
    expect((await ask(elsewhere, ['show', workflowId], remote)).answer).toMatchObject({
      status: 'canceled',
      stages: [
        { address: 'near', status: 'ran' },
        { address: 'far', status: 'ran' },
        { address: 'last', status: 'canceled' },
      ],
    });
    await expect(handle.result()).rejects.toThrow();

    workers[1]?.child.kill('SIGKILL');
    const away = await ask(elsewhere, ['logs', workflowId, 'far'], remote);
    expect(away).toMatchObject({ code: 1, answer: { event: 'error', code: 'host-away' } });
  });
});

describe('a run on a server of others', () => {
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await startTemporal();
  });
  afterAll(async () => {
    await env?.teardown();
  });

  it('is paused, changed and resumed from the command line', async () => {
    const root = makeProject(trainingProject(150));
    const settings = { TEMPORAL_ADDRESS: env.address };
    const worker = startReprise(['worker', '--labels', 'npu'], root, settings);
    await until('the worker serves', () => worker.stdout().includes('queues'));
    const watched = startReprise(['repro', '--json'], root, settings);
    await until('a few steps', () => /"address":"train".*"step":[4-9]/.test(watched.stdout()));
    const told = await ask(root, ['pause', 'latest', 'train'], settings);
    expect(told.answer).toMatchObject({ event: 'pause', stages: ['train'] });
    await until('it is paused', () => /"address":"train","status":"paused"/.test(watched.stdout()));
    expect(await ask(root, ['configure', 'latest', 'train', '--retries', 'x'], settings)).toMatchObject({
      code: 1,
      answer: { event: 'error', code: 'update-refused' },
    });
    expect((await ask(root, ['configure', 'latest', 'train', '--labels', 'npu'], settings)).code).toBe(0);
    hurry(root);
    expect((await ask(root, ['resume', 'latest'], settings)).answer).toMatchObject({ stages: ['train'] });
    const end = await watched.ended;
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(join(root, 'report.txt'), 'utf8')).toBe('trained 150\n');
    expect(await ask(root, ['pause', 'latest'], settings)).toMatchObject({
      code: 1,
      answer: { code: 'run-closed' },
    });
  });
});
