import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { checkedEvents } from '../rig/event-schema.js';
import { makeProject } from '../rig/project.js';
import { endAll, reprise, startReprise, type RepriseProcess } from '../rig/reprise.js';
import { serverEnds, serverOf, until } from '../rig/servers.js';
import { startTemporal } from '../rig/temporal.js';
import { hurry, trainingProject } from '../rig/training.js';

afterEach(endAll);

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await startTemporal();
});
afterAll(async () => {
  await env?.teardown();
});

const remote = () => ({ TEMPORAL_ADDRESS: env.address });

async function serving(
  args: readonly string[],
  root: string,
  more: NodeJS.ProcessEnv,
): Promise<RepriseProcess> {
  const worker = startReprise(['worker', ...args], root, more);
  await until('the worker serves', () => worker.stdout().includes('queues'));
  return worker;
}

describe('a configured server', () => {
  it('is used by a worker and a client, which leave it as it is', async () => {
    const root = makeProject(trainingProject(5));
    const worker = await serving(['--labels', 'tpu'], root, remote());
    expect(worker.stdout()).toMatch(/queues: reprise, reprise-cpu, reprise-tpu/);
    const end = await reprise(['repro', '--json'], root, remote());
    expect(end).toMatchObject({ code: 0, stderr: '' });
    const events = checkedEvents(end.stdout);
    expect(events[0]).toMatchObject({ event: 'server', state: 'connected', address: env.address });
    expect(events.at(-1)).toMatchObject({ event: 'end', status: 'succeeded' });
    expect(serverOf(root)).toBeUndefined();

    // The worker has the very files that lie here: where nothing changed, they say so.
    const again = checkedEvents((await reprise(['repro', '--json'], root, remote())).stdout);
    expect(again.map(({ event }) => event)).not.toContain('server');
    expect(again.at(-1)).toMatchObject({ event: 'end', status: 'up-to-date' });
    // A run that was left to itself has to be asked for.
    expect(await reprise(['repro', '--force', '--detach', 'prepare'], root, remote())).toMatchObject({
      code: 0,
    });
    const left = checkedEvents((await reprise(['repro', '--json', '--wait'], root, remote())).stdout);
    expect(left[0]).toMatchObject({ event: 'server', state: 'connected' });
    expect(left.at(-1)).toMatchObject({ event: 'end', status: 'up-to-date' });
    worker.child.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
    // Nobody says any longer whose files these are.
    const unserved = startReprise(['repro', '--json'], root, remote());
    await until('it asks the server', () => unserved.stdout().includes('"event":"run"'));
  });

  it('keeps a detached run until a worker comes, and a drained worker gives back what it ran', async () => {
    const root = makeProject(trainingProject(30));
    expect(await reprise(['repro', '--detach'], root, remote())).toMatchObject({ code: 0 });
    const watcher = startReprise(['repro', '--json'], root, remote());
    await until('it says that no worker is there', () => watcher.stdout().includes('"no-worker"'));
    const first = await serving([], root, remote());
    const trace = () => {
      try {
        return readFileSync(join(root, 'trace'), 'utf8');
      } catch {
        return '';
      }
    };
    await until('step 7', () => trace().includes('step 7\n'));
    first.child.kill('SIGTERM');
    expect((await first.ended).code).toBe(0);
    hurry(root);
    const second = await serving([], root, remote());
    const end = await watcher.ended;
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(trace().match(/^start/gm)).toHaveLength(2);
    second.child.kill('SIGINT');
    expect((await second.ended).code).toBe(0);
  });

  it('runs a labelled stage once a worker with the label comes, and the rest before', async () => {
    const root = makeProject({
      'dvc.yaml': `stages:
  aside: {cmd: echo a > a, outs: [a]}
  train: {cmd: echo t > t, outs: [t], meta: {reprise: {labels: [npu]}}}
`,
    });
    const plain = await serving([], root, remote());
    const run = startReprise(['repro', '--json'], root, remote());
    await until('it says what it waits for', () => run.stdout().includes('"label-unserved"'));
    await until('the rest goes on', () => /"address":"aside","status":"ran"/.test(run.stdout()));
    const labelled = await serving(['--labels', 'npu'], root, remote());
    const end = await run.ended;
    expect(end).toMatchObject({ code: 0, stderr: '' });
    const waiting = checkedEvents(end.stdout).find(
      (event) => event.event === 'stage' && event.address === 'train' && event.status === 'waiting',
    );
    expect(waiting).toMatchObject({ waitingFor: 'npu', queue: 'reprise-npu' });
    for (const worker of [plain, labelled]) {
      worker.child.kill('SIGTERM');
      expect((await worker.ended).code).toBe(0);
    }
  });
});

describe('the embedded server', () => {
  it('is found by `worker` and `ui`, and ends with the last of them', async () => {
    const root = makeProject(trainingProject(5));
    const ui = startReprise(['ui'], root);
    const address = (await until('the address', () => /http:\S+/.exec(ui.stdout())?.[0])) as string;
    expect((await fetch(address)).status).toBe(200);
    const worker = await serving([], root, {});
    expect(worker.stdout()).toContain(address);
    const end = await reprise(['repro', '--json'], root);
    expect(checkedEvents(end.stdout)[0]).toMatchObject({ event: 'server', state: 'found', ui: address });
    expect(end.code).toBe(0);
    worker.child.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
    expect(serverOf(root)).toBeDefined();
    ui.child.kill('SIGINT');
    expect((await ui.ended).code).toBe(0);
    await serverEnds(root);
  });
});
