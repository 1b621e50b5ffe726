import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ListedWorker } from '../../cli/hosts/index.js';
import { smiFolder, smiRows } from '../rig/nvidia-smi.js';
import { makeProject } from '../rig/project.js';
import { endAll, reprise, startReprise } from '../rig/reprise.js';
import { until } from '../rig/servers.js';
import { startTemporal } from '../rig/temporal.js';
import { trainingProject } from '../rig/training.js';

afterEach(endAll);

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await startTemporal();
});
afterAll(async () => {
  await env?.teardown();
});

const remote = () => ({ TEMPORAL_ADDRESS: env.address });

async function listed(cwd: string): Promise<readonly ListedWorker[]> {
  const end = await reprise(['workers', '--json'], cwd, remote());
  expect(end).toMatchObject({ code: 0, stderr: '' });
  return (JSON.parse(end.stdout) as { workers: ListedWorker[] }).workers;
}

describe('reprise workers', () => {
  it('tells who serves what and runs what, and does not wait for one that is gone', async () => {
    const root = makeProject(trainingProject(200));
    expect(await listed(root)).toEqual([]);
    const withGpus = { ...remote(), PATH: `${smiFolder(smiRows(2))}:${process.env['PATH']}` };
    const first = startReprise(['worker', '--slots', '3'], root, remote());
    const second = startReprise(
      ['worker', '--host-id', 'rack7', '--labels', 'a100', '--slots', 'cpu=1'],
      root,
      withGpus,
    );
    for (const worker of [first, second]) {
      await until('the worker serves', () => worker.stdout().includes('queues'));
    }
    expect(second.stdout()).toContain('GPU 1: NVIDIA L4, 23034 MiB, 22565 free');

    const run = startReprise(['repro', '--json'], root, remote());
    await until('it trains', () => run.stdout().includes('"step"'));
    const { hostId, workers } = await listed(root).then((all) => ({
      hostId: Object.values(
        JSON.parse(readFileSync(join(root, '.reprise', 'host.json'), 'utf8')) as Record<string, string>,
      )[0] as string,
      workers: new Map(all.map((worker) => [worker.hostId, worker])),
    }));
    expect(workers.get(hostId)).toMatchObject({
      identity: `${first.child.pid}@${hostId}`,
      answers: true,
      project: root,
      labels: [],
      queues: ['reprise', 'reprise-cpu', `reprise-cpu@${hostId}`],
      buildId: expect.stringMatching(/^\d+\.\d+\.\d+-[\da-f]{12}$/),
      slots: { cpu: { total: 3 } },
      gpus: { used: 0, total: 0 },
    });
    expect(workers.get('rack7')).toMatchObject({
      answers: true,
      labels: ['a100', 'gpu'],
      queues: expect.arrayContaining(['reprise-a100-gpu', 'reprise-a100-gpu@rack7']),
      slots: { cpu: { total: 1 }, gpu: { used: 0, total: 2 } },
      gpus: { used: 0, total: 2 },
    });
    const busy = [...workers.values()].filter(({ slots }) => slots?.cpu.used === 1);
    expect(busy.map(({ stages }) => stages)).toEqual([['train']]);

    second.child.kill('SIGKILL');
    await second.ended;
    const { stdout, code } = await reprise(['workers'], root, remote());
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`${first.child.pid}@${hostId}: last seen \\d+ s ago\n`));
    expect(stdout).toMatch(/slots: cpu [01]\/3\n/);
    expect(stdout).toMatch(new RegExp(`${second.child.pid}@rack7: last seen \\d+ s ago, does NOT answer`));
  });

  it('refuses what cannot be served, before anything starts', async () => {
    const root = makeProject({});
    for (const [args, message] of [
      [['--labels', 'A100'], '--labels cannot be A100'],
      [['--labels', 'gpu,'], '--labels cannot be empty'],
      [['--labels', 'a,b,c,d,e,f'], '6 labels have too many'],
      [['--slots', '0'], '--slots cannot be 0'],
      [['--slots', 'cpu=1,cpu=2'], '--slots cannot be cpu=1,cpu=2'],
      [['--slots', 'tpu=1'], '--slots cannot be tpu=1'],
      [['--host-id', 'a@b'], 'a@b cannot name a host'],
      [['--deployment', 'ml'], '--build-id'],
      [['--build-id', 'v 1'], '--build-id cannot be v 1'],
      [['--build-id', 'v1', '--deployment', 'm.l'], '--deployment cannot be m.l'],
    ] as const) {
      const { code, stdout, stderr } = await reprise(['worker', ...args], root, remote());
      expect({ args, code, stdout }).toEqual({ args, code: 1, stdout: '' });
      expect(stderr).toContain(message);
      expect(stderr).toContain('fix: ');
      expect(stderr).not.toMatch(/^ +at /m);
    }
  });
});
