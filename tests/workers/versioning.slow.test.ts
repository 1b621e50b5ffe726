import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { makeProject, writeFiles } from '../rig/project.js';
import { endAll, reprise, startReprise, type RepriseProcess } from '../rig/reprise.js';
import { until } from '../rig/servers.js';
import { startTemporal } from '../rig/temporal.js';

afterEach(endAll);

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await startTemporal();
});
afterAll(async () => {
  await env?.teardown();
});

const DEPLOYMENT = 'ml';

async function serve(root: string, buildId: string): Promise<RepriseProcess> {
  const args = [
    'worker',
    '--deployment',
    DEPLOYMENT,
    '--build-id',
    buildId,
    '--slots',
    '2',
    '--labels',
    'tpu',
  ];
  const worker = startReprise(args, root, { TEMPORAL_ADDRESS: env.address });
  await until('the worker serves', () => worker.stdout().includes('queues'));
  return worker;
}

/** As `temporal worker deployment set-current-version` does; a version is known once its worker has polled. */
async function makeCurrent(buildId: string): Promise<void> {
  for (let i = 0; ; i++) {
    try {
      await env.client.workflowService.setWorkerDeploymentCurrentVersion({
        namespace: 'default',
        deploymentName: DEPLOYMENT,
        buildId,
        identity: 'test',
      });
      return;
    } catch (error) {
      if (i === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

const start = (): Promise<WorkflowHandle> =>
  env.client.workflow.start('reproduce', { taskQueue: 'reprise', workflowId: randomUUID(), args: [{}] });

/** Who carried out the tasks of a run, workflow's and activities'. */
async function workersOf(handle: WorkflowHandle): Promise<Set<string>> {
  const { events } = await handle.fetchHistory();
  const identities = (events ?? []).flatMap(
    ({ workflowTaskStartedEventAttributes: w, activityTaskStartedEventAttributes: a }) => [
      ...(w?.identity ? [w.identity] : []),
      ...(a?.identity ? [a.identity] : []),
    ],
  );
  return new Set(identities);
}

it('a run ends on the build that began it, while new runs go to the new build', async () => {
  const root = makeProject({
    'dvc.yaml': `stages:
  first: {cmd: 'touch began; while ! test -f go; do sleep 0.1; done; echo 1 > first', outs: [first]}
  second: {cmd: cat first > second, deps: [first], outs: [second], meta: {reprise: {labels: [tpu]}}}
`,
  });
  const a = await serve(root, 'a');
  await makeCurrent('a');
  const old = await start();
  await until('the first stage runs', () => existsSync(join(root, 'began')));

  const b = await serve(root, 'b');
  await makeCurrent('b');
  const { stdout } = await reprise(['workers', '--json'], root, { TEMPORAL_ADDRESS: env.address });
  const listed = (JSON.parse(stdout) as { workers: object[] }).workers;
  expect(listed).toMatchObject([
    { deployment: DEPLOYMENT, answers: true },
    { deployment: DEPLOYMENT, answers: true },
  ]);

  // The same pipeline, whose first stage it finds unfinished too.
  writeFiles(root, { go: '' });
  await old.result();
  const young = await start();
  await young.result();

  const identity = (worker: RepriseProcess) =>
    expect.stringMatching(new RegExp(`^${worker.child.pid}@.*\\.[ab]$`)) as string;
  expect([...(await workersOf(old))]).toEqual([identity(a)]);
  expect([...(await workersOf(young))]).toEqual([identity(b)]);
  for (const worker of [a, b]) {
    worker.child.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
  }
});
