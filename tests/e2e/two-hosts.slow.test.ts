import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ReproduceResult } from '../../workflows/index.js';
import { startGit, type GitServer } from '../rig/git-server.js';
import { Host } from '../rig/host.js';
import { startRelay } from '../rig/http-relay.js';
import { endAll } from '../rig/reprise.js';
import { describeWithS3, startS3, type S3Server } from '../rig/s3.js';
import { until } from '../rig/servers.js';
import { startTemporal } from '../rig/temporal.js';
import { TRAIN } from '../rig/training.js';

const STEPS = 40;
const CLOCK = new URL('../chaos/clock.mjs', import.meta.url).href;
const PIPELINE = `stages:
  prepare:
    cmd: seq 1 1000 > data
    deps: [in.txt]
    outs: [data]
  train:
    cmd: sh train.sh ${STEPS}
    deps: [data, train.sh]
    outs: [model]
    meta: {reprise: {labels: [npu], heartbeat: 3s, grace: 5s}}
  report:
    cmd: cat model data > report.txt
    deps: [data, model]
    outs: [report.txt]
`;

describeWithS3('hosts that share nothing but Temporal, the bucket and git', () => {
  let env: TestWorkflowEnvironment;
  let s3: S3Server;
  let git: GitServer;
  beforeAll(async () => {
    [env, s3, git] = await Promise.all([startTemporal(), startS3(), startGit()]);
  });
  afterEach(endAll);
  afterAll(async () => {
    git?.stop();
    await s3?.stop();
    await env?.teardown();
  });

  async function scene(endpoint = s3.endpoint, steps = STEPS) {
    const bucket = s3.makeBucket();
    const { url } = git.makeRepository(randomUUID(), {
      '.dvc/config': `[core]\n    remote = store\n['remote "store"']\n    url = s3://${bucket}/dvc\n    endpointurl = ${endpoint}\n`,
      'dvc.yaml': PIPELINE.replace(`sh train.sh ${STEPS}`, `sh train.sh ${steps}`),
      'train.sh': TRAIN,
      'in.txt': 'one\n',
    });
    const trace = join(mkdtempSync(join(tmpdir(), 'reprise-trace-')), 'trace');
    const settings = { ...s3.env, TEMPORAL_ADDRESS: env.address, TRACE: trace };
    const host = (...args: string[]) => new Host().start(['--git', git.url, ...args], settings);
    /** Its clock is off by so many seconds. */
    const clockedHost = (off: number, ...args: string[]) => {
      const file = join(mkdtempSync(join(tmpdir(), 'reprise-clock-')), 'offset');
      writeFileSync(file, String(off * 1000));
      const clock = { NODE_OPTIONS: `--import ${CLOCK}`, CHAOS_CLOCK: file, CLOCK: String(off) };
      return new Host().start(['--git', git.url, ...args], { ...settings, ...clock });
    };
    const run = await env.client.workflow.start('reproduce', {
      taskQueue: 'reprise',
      workflowId: randomUUID(),
      args: [{ workspace: { kind: 'git', url } }],
    });
    const text = (): string => (existsSync(trace) ? readFileSync(trace, 'utf8') : '');
    const reached = (step: number): Promise<unknown> =>
      until(`step ${step}`, () => text().includes(`step ${step}\n`));
    const lists = (): string[] => {
      const folder = join(s3.folder(bucket), 'dvc', 'reprise');
      const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
      return files.filter((file) => file.endsWith('.json'));
    };
    /** Of checkpoints and turns. */
    const kept = (): string[] => {
      const folder = join(s3.folder(bucket), 'dvc', 'reprise');
      const items = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
      return items.filter((item) => item.isFile()).map((item) => join(item.parentPath, item.name));
    };
    const inBucket = (name: string): Promise<unknown> =>
      until(`${name} in the bucket`, () => lists().some((file) => file.endsWith(`-${name}.json`)));
    const starts = (): string[] => text().match(/^start.*/gm) ?? [];
    return { url, host, clockedHost, run, reached, inBucket, starts, lists, kept, text };
  }

  function modelOf(url: string, { published }: ReproduceResult): string {
    const clone = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-clone-')));
    execFileSync('git', ['clone', '--quiet', '--branch', published?.branch ?? '', url, clone]);
    const dvc = (...args: string[]): string =>
      execFileSync(process.env['REPRISE_TEST_DVC'] ?? 'dvc', args, {
        cwd: clone,
        encoding: 'utf8',
        env: { ...process.env, ...s3.env },
      });
    // A relay of this process would not answer while it waits for dvc.
    dvc('config', '--local', 'remote.store.endpointurl', s3.endpoint);
    dvc('pull');
    expect(JSON.parse(dvc('status', '--json'))).toEqual({});
    return readFileSync(join(clone, 'model'), 'utf8');
  }

  it('go on with a training whose host is lost, from the newest checkpoint in the bucket', async () => {
    const { url, host, run, reached, inBucket, starts, lists } = await scene();
    await host();
    const first = await host('--labels', 'npu');
    await reached(12);
    await inBucket('step-010');
    first.lose();
    await host('--labels', 'npu');
    const result = (await run.result()) as ReproduceResult;
    expect(result.stages.map(({ outcome, attempts }) => [outcome, attempts])).toEqual([
      ['ran', 1],
      ['ran', 1],
      ['ran', 1],
    ]);
    expect(starts()).toEqual(['start 0', expect.stringMatching(/^start (10|15)$/)]);
    expect(modelOf(url, result)).toBe(`trained ${STEPS}\n`);
    // Once the outs are safe, no checkpoint stays.
    expect(lists()).toEqual([]);
  });

  it('take over from a host that its cloud takes back, and spend no retry', async () => {
    const { url, host, run, reached, starts, text } = await scene();
    await host();
    let isTakenBack = false;
    const cloud = createServer((_, response) => {
      response.writeHead(isTakenBack ? 200 : 404).end(isTakenBack ? '{"action": "terminate"}' : '');
    });
    await new Promise<void>((resolve) => cloud.listen(0, '127.0.0.1', resolve));
    const notices = `http://127.0.0.1:${(cloud.address() as AddressInfo).port}/notice`;
    const first = await host('--labels', 'npu', '--preemption-url', notices);
    await reached(8);
    isTakenBack = true;
    expect(await first.left()).toBe(0);
    cloud.close();
    await host('--labels', 'npu');
    const result = (await run.result()) as ReproduceResult;
    expect(result.stages[1]).toMatchObject({ outcome: 'ran', attempts: 1 });
    // From the last checkpoint that it finished: nothing that was saved is done again.
    const before = Number(/step (\d+)\nstart \d+\n/.exec(text())?.[1]);
    const saved = before - (before % 5);
    const [begun, again, ...more] = starts();
    expect([begun, more]).toEqual(['start 0', []]);
    // It says a step before it saves it: ended between the two, it has that of five steps before.
    expect([`start ${saved}`, ...(saved === before ? [`start ${saved - 5}`] : [])]).toContain(again);
    expect(modelOf(url, result)).toBe(`trained ${STEPS}\n`);
  });

  it('go on from the checkpoint with the most steps, whatever the clocks of their hosts say', async () => {
    const { url, host, clockedHost, run, reached, inBucket, starts } = await scene();
    await host();
    const ahead = await clockedHost(600, '--labels', 'npu');
    await inBucket('step-010');
    ahead.lose();
    const second = await host('--labels', 'npu');
    await reached(22);
    // Ten minutes before the first one's, by the time of its host.
    await inBucket('step-020');
    second.lose();
    await clockedHost(-600, '--labels', 'npu');
    const result = (await run.result()) as ReproduceResult;
    expect(starts()).toEqual([
      'start 0',
      expect.stringMatching(/^start (10|15)$/),
      expect.stringMatching(/^start (20|25)$/),
    ]);
    expect(modelOf(url, result)).toBe(`trained ${STEPS}\n`);
  });

  /** Up to the push of the model, which is on its way when its host is taken back. */
  async function takenBackWhilePushing(crosses: Promise<unknown>) {
    const md5 = createHash('md5').update(`trained ${STEPS}\n`).digest('hex');
    let begun = (): void => undefined;
    const pushing = new Promise<void>((resolve) => (begun = resolve));
    const first = new RegExp(`^PUT .*/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`);
    const relay = await startRelay(s3.endpoint, { first, before: begun, until: crosses });
    const place = await scene(relay.endpoint);
    await place.host();
    const host = await place.host('--labels', 'npu');
    await pushing;
    host.preempt();
    return { ...place, first: host, relay };
  }

  it('end the push of what a stage has made when they are taken back, and train nothing again', async () => {
    let cross = (): void => undefined;
    const crosses = new Promise<void>((resolve) => (cross = resolve));
    const { url, run, starts, first, relay } = await takenBackWhilePushing(crosses);
    // Longer than a heartbeat may fail to come, shorter than the stage's grace time.
    await sleep(3_500);
    cross();
    expect(await first.left()).toBe(0);
    const result = (await run.result()) as ReproduceResult;
    expect(result.stages[1]).toMatchObject({ outcome: 'ran', attempts: 1 });
    expect(starts()).toEqual(['start 0']);
    expect(modelOf(url, result)).toBe(`trained ${STEPS}\n`);
    relay.stop();
  });

  it('leave a push that does not end in time, and the next goes on from the last checkpoint', async () => {
    const { url, host, run, starts, first, relay } = await takenBackWhilePushing(
      new Promise(() => undefined),
    );
    expect(await first.left()).toBe(0);
    await host('--labels', 'npu');
    const result = (await run.result()) as ReproduceResult;
    // What it had saved last crosses all the same.
    expect(starts()).toEqual(['start 0', `start ${STEPS}`]);
    expect(modelOf(url, result)).toBe(`trained ${STEPS}\n`);
    relay.stop();
  });

  it('take over from a host that stands still, which changes nothing when it goes on', async () => {
    const steps = 200;
    const { url, host, run, inBucket, starts, kept } = await scene(s3.endpoint, steps);
    await host();
    const late = await host('--labels', 'npu');
    await inBucket('step-005');
    late.pause();
    const next = await host('--labels', 'npu');
    await until('the next one trains', () => starts().length === 2);
    next.hurry();
    const result = (await run.result()) as ReproduceResult;
    expect(result.stages[1]).toMatchObject({ outcome: 'ran', attempts: 1 });
    expect(starts()).toEqual(['start 0', expect.stringMatching(/^start (5|10|15)$/)]);
    expect(kept()).toEqual([]);
    // Its training goes on, and has come to checkpoints that nobody needs.
    expect(late.isBusy).toBe(true);
    late.resume();
    await until('it lets go of the stage', () => !late.isBusy);
    // A turn is renewed every five seconds.
    await sleep(6_000);
    expect(kept()).toEqual([]);
    expect(modelOf(url, result)).toBe(`trained ${steps}\n`);
    late.preempt();
    expect(await late.left()).toBe(0);
  });

  it('keep what they made while their bucket refuses them, and go on when it takes it', async () => {
    let isOver = false;
    const refused: string[] = [];
    const relay = await startRelay(s3.endpoint, {
      denied(request) {
        if (isOver) refused.push(request);
        return isOver;
      },
    });
    const { url, host, run, reached, starts, kept } = await scene(relay.endpoint);
    await host();
    await host('--labels', 'npu');
    await reached(STEPS - 2);
    isOver = true;
    await reached(STEPS);
    // What carries checkpoints asks a few times; the rest are attempts of the stage.
    await until('the stage is refused, and refused again', () => refused.length >= 20);
    isOver = false;
    const result = (await run.result()) as ReproduceResult;
    expect(result.stages[1]).toMatchObject({ outcome: 'restored', attempts: 1 });
    expect(starts()).toEqual(['start 0']);
    expect(modelOf(url, result)).toBe(`trained ${STEPS}\n`);
    await until('nothing is left in the bucket', () => kept().length === 0);
    relay.stop();
  });
});
