import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkflowFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ReproduceResult } from '../../workflows/index.js';
import { dvcSays } from '../dvc/state/real-dvc.js';
import { startGit, type GitRepository, type GitServer } from '../rig/git-server.js';
import { startRelay } from '../rig/http-relay.js';
import { writeFiles } from '../rig/project.js';
import { describeWithS3, startS3, type S3Server } from '../rig/s3.js';
import { until } from '../rig/servers.js';
import { startTemporal, startWorkers } from '../rig/temporal.js';

const PIPELINE = `stages:
  first:
    cmd: cat in.txt in.txt > out.txt && mkdir -p parts && echo a > parts/a && echo b > parts/b
    deps: [in.txt]
    outs: [out.txt, parts]
  second:
    cmd: cat out.txt parts/a > both.txt && echo '{"lines":' $(wc -l < both.txt)'}' > metrics.json
    deps: [out.txt, parts/a]
    outs: [both.txt]
    metrics: [metrics.json: {cache: false}]
    meta: {reprise: {labels: [npu]}}
  third:
    cmd: cat both.txt metrics.json > last.txt
    deps: [both.txt, metrics.json]
    outs: [last.txt]
`;

describeWithS3('a git workspace', () => {
  let env: TestWorkflowEnvironment;
  let s3: S3Server;
  let git: GitServer;
  const stops: (() => Promise<void>)[] = [];
  const host = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'reprise-host-')));
  const [plain, labelled] = [host(), host()];
  beforeAll(async () => {
    [env, s3, git] = await Promise.all([startTemporal(), startS3(), startGit()]);
    Object.assign(process.env, s3.env);
    const repositories = [git.url];
    stops.push(
      await startWorkers(env, plain, { repositories }),
      await startWorkers(env, labelled, { repositories, labels: ['npu'], slots: 1 }),
    );
  });
  afterAll(async () => {
    await Promise.all(stops.map((stop) => stop()));
    git?.stop();
    await s3?.stop();
    await env?.teardown();
  });

  const repository = (files: Readonly<Record<string, string>> = {}): GitRepository =>
    git.makeRepository(randomUUID(), {
      '.dvc/config': `[core]\n    remote = store\n['remote "store"']\n    url = s3://${s3.makeBucket()}/dvc\n    endpointurl = ${s3.endpoint}\n`,
      'dvc.yaml': PIPELINE,
      'in.txt': 'one\n',
      ...files,
    });
  const run = async (url: string, workspace: object = {}, input: object = {}): Promise<ReproduceResult> =>
    (await env.client.workflow.execute('reproduce', {
      taskQueue: 'reprise',
      workflowId: `git/${randomUUID()}`,
      args: [{ workspace: { kind: 'git', url, ...workspace }, ...input }],
    })) as ReproduceResult;
  const outcomes = (result: ReproduceResult): readonly string[] =>
    result.stages.map(({ address, outcome }) => `${address} ${outcome}`);
  const clone = (url: string, branch: string): string => {
    const folder = host();
    execFileSync('git', ['clone', '--quiet', '--branch', branch, url, folder]);
    return folder;
  };

  it('brings results to the remote and to a branch, from hosts that share nothing else', async () => {
    const { url } = repository();
    const result = await run(url);
    expect(outcomes(result)).toEqual(['first ran', 'second ran', 'third ran']);
    expect(result.published?.branch).toMatch(/^reprise\/git-/);
    const made = clone(url, result.published?.branch ?? '');
    expect(readFileSync(join(made, 'metrics.json'), 'utf8')).toBe('{"lines": 3}\n');
    await dvcSays(made, 'pull');
    expect(readFileSync(join(made, 'last.txt'), 'utf8')).toBe('one\none\na\n{"lines": 3}\n');
    expect(JSON.parse(await dvcSays(made, 'status', '--json'))).toEqual({});
    expect(execFileSync('git', ['status', '--short'], { cwd: made, encoding: 'utf8' })).toBe('');

    // What was published is up to date, and no data is fetched to find that.
    const again = await run(url, { rev: result.published?.branch });
    expect(outcomes(again)).toEqual(['first skipped', 'second skipped', 'third skipped']);
    expect(again.published).toBeUndefined();

    // The run cache of the remote serves other hosts and other branches.
    const other = await run(url);
    expect(outcomes(other)).toEqual(['first restored', 'second restored', 'third restored']);
  });

  it('publishes onto a branch that moved meanwhile, and leaves alone what somebody else made of the same stages', async () => {
    const gate = host();
    const {
      url,
      commit,
      git: inClone,
    } = repository({
      'dvc.yaml': `stages:
  slow:
    cmd: touch ${gate}/begun; while [ ! -e ${gate}/go ]; do sleep 0.05; done; cat in.txt > out.txt
    deps: [in.txt]
    outs: [out.txt]
`,
    });
    const begun = (): Promise<boolean> => until('the stage runs', () => existsSync(join(gate, 'begun')));
    const first = run(url, { rev: 'main', branch: 'main' });
    await begun();
    commit({ 'notes.md': 'meanwhile\n' });
    writeFiles(gate, { go: '' });
    expect((await first).published).toMatchObject({ branch: 'main', conflict: false });
    inClone('pull', '--quiet', 'origin', 'main');
    expect(inClone('log', '--format=%s')).toBe('Reproduce slow\nChange\nChange');
    expect(inClone('show', 'HEAD:notes.md')).toBe('meanwhile');

    commit({ 'in.txt': 'two\n' });
    for (const name of ['begun', 'go']) rmSync(join(gate, name));
    const second = run(url, { rev: 'main', branch: 'main' });
    await begun();
    const lock = inClone('show', 'HEAD:dvc.lock');
    const theirs = commit({
      'dvc.lock': `${lock.replaceAll(/[0-9a-f]{32}/g, '0123456789abcdef0123456789abcdef')}\n`,
    });
    writeFiles(gate, { go: '' });
    const { published } = await second;
    expect(published).toMatchObject({ conflict: true });
    expect(published?.branch).not.toBe('main');
    expect(inClone('ls-remote', 'origin', 'main')).toContain(theirs);
  });

  it('runs a stage again whose data nobody pushed', async () => {
    const { url, commit, clone: folder } = repository({ 'in.txt': 'made elsewhere\n' });
    await dvcSays(folder, 'repro');
    const changed = 'cat metrics.json both.txt';
    commit({ 'dvc.yaml': PIPELINE.replace('cat both.txt metrics.json', changed) });
    expect(outcomes(await run(url))).toEqual(['first ran', 'second ran', 'third ran']);
    // Once it is pushed, only what changed is run, and only what that reads is fetched.
    await dvcSays(folder, 'push');
    commit({ 'dvc.yaml': PIPELINE.replace('cat both.txt metrics.json', `${changed} in.txt`) });
    expect(outcomes(await run(url))).toEqual(['first skipped', 'second skipped', 'third ran']);
  });

  it('runs once what two runs ask for at the same time', async () => {
    const log = join(mkdtempSync(join(tmpdir(), 'reprise-log-')), 'log');
    const { url } = repository({
      'dvc.yaml': `stages:\n  slow: {cmd: echo x >> ${log}; sleep 3; cat in.txt > out.txt, deps: [in.txt], outs: [out.txt]}\n`,
      'in.txt': 'asked for twice\n',
    });
    const both = await Promise.all([run(url), run(url)]);
    expect(both.flatMap(outcomes).sort()).toEqual(['slow ran', 'slow restored']);
    expect(readFileSync(log, 'utf8')).toBe('x\n');
  });

  it('pushes what an equal stage of the same host had saved, and not pushed, when this one got its turn', async () => {
    const cache = join(labelled, '.reprise', 'cache');
    const aside = `${cache}-aside`;
    // The equal stage ends, and is killed, after this one has looked for it and before it takes its turn.
    const store = await startRelay(s3.endpoint, {
      first: /^PUT .*\/reprise\/turns\//,
      before: () => renameSync(aside, cache),
    });
    const [bucket, other] = [s3.makeBucket(), s3.makeBucket()];
    const remote = (name: string, endpoint: string, url: string): string =>
      `['remote "${name}"']\n    url = s3://${url}\n    endpointurl = ${endpoint}\n`;
    const { url } = repository({
      '.dvc/config': `[core]\n    remote = store\n${remote('store', store.endpoint, bucket)}${remote('other', s3.endpoint, other)}`,
      'dvc.yaml':
        'stages:\n  one: {cmd: cat in.txt > out.txt, deps: [in.txt], outs: [out.txt], meta: {reprise: {labels: [npu]}}}\n',
      'in.txt': 'saved and not pushed\n',
    });
    expect(outcomes(await run(url, { remote: 'other' }))).toEqual(['one ran']);
    renameSync(cache, aside);
    const { published, stages } = await run(url);
    store.stop();
    expect(stages.map(({ outcome }) => outcome)).toEqual(['restored']);
    const made = clone(url, published?.branch ?? '');
    await dvcSays(made, 'config', '--local', 'remote.store.endpointurl', s3.endpoint);
    await dvcSays(made, 'pull');
    expect(readFileSync(join(made, 'out.txt'), 'utf8')).toBe('saved and not pushed\n');
  });

  it('makes a checkout anew that was removed while a stage worked in it', async () => {
    const gate = host();
    const { url } = repository({
      'dvc.yaml': `stages:
  bare:
    cmd: if [ -e ${gate}/once ]; then cat in.txt > out.txt; else touch ${gate}/once; rm -rf "$DVC_ROOT"; fi
    deps: [in.txt]
    outs: [out.txt]
`,
    });
    const result = await run(url);
    expect(result.stages).toMatchObject([{ address: 'bare', outcome: 'ran', attempts: 1 }]);
  }, 60_000);

  it('uses the connections to its bucket again for the next stage', async () => {
    const relay = await startRelay(s3.endpoint);
    stops.push(() => Promise.resolve(relay.stop()));
    const stages = Array.from(
      { length: 40 },
      (_, at) => `  s${at}: {cmd: echo ${at} > out${at}, deps: [in.txt], outs: [out${at}]}\n`,
    );
    const { url } = repository({
      '.dvc/config': `[core]\n    remote = store\n['remote "store"']\n    url = s3://${s3.makeBucket()}\n    endpointurl = ${relay.endpoint}\n`,
      'dvc.yaml': `stages:\n${stages.join('')}`,
    });
    const result = await run(url);
    expect(outcomes(result)).toEqual(stages.map((_, at) => `s${at} ran`));
    expect(await relay.connections()).toBeLessThan(stages.length / 4);
  });

  it('refuses what it was not told to serve, and what it cannot find', async () => {
    const { url } = repository();
    const failure = async (workspace: object): Promise<ApplicationFailure> => {
      const error: unknown = await run(url, workspace).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(WorkflowFailedError);
      return ((error as WorkflowFailedError).cause as ApplicationFailure).cause as ApplicationFailure;
    };
    expect(await failure({ url: 'https://example.com/other.git' })).toMatchObject({
      type: 'repository-not-allowed',
    });
    expect(await failure({ url: 'https://me:token@example.com/x.git' })).toMatchObject({
      type: 'secret-in-url',
    });
    expect(await failure({ url: 'ext::sh -c id' })).toMatchObject({ type: 'bad-repository' });
    expect(await failure({ rev: 'none' })).toMatchObject({ type: 'revision-missing' });
    expect(await failure({ rev: '--upload-pack=x' })).toMatchObject({ type: 'bad-revision' });
    expect(await failure({ path: '../..' })).toMatchObject({ type: 'workspace-outside' });
    expect(await failure({ remote: 'none' })).toMatchObject({ type: 'remote-unknown' });
  });

  it('leaves nothing half made in the folders of the hosts', () => {
    for (const root of [plain, labelled]) {
      const folder = join(root, '.reprise', 'workspaces');
      expect(existsSync(folder)).toBe(true);
      expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
    }
  });
});
