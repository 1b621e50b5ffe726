import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { writeFiles } from '../rig/project.js';
import { endAll, reprise, startReprise } from '../rig/reprise.js';
import { newData, retrainingProject, testSet } from '../rig/retraining.js';
import { until } from '../rig/servers.js';
import { SCORE_PROJECT, makeGitProject } from '../rig/sweep-project.js';
import { startTemporal } from '../rig/temporal.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DVC = process.env['REPRISE_TEST_DVC'];

let env: TestWorkflowEnvironment;
let worker: ChildProcess | undefined;
beforeAll(async () => {
  env = await startTemporal();
});
afterEach(endAll);
afterAll(async () => {
  worker?.kill('SIGKILL');
  await env?.teardown();
});

/** The example, with its packages where npm would put them. */
function install(): string {
  const app = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-example-')));
  cpSync(join(ROOT, 'examples/temporal-plugin'), app, { recursive: true });
  mkdirSync(join(app, 'node_modules'));
  for (const name of ['@temporalio', '@types', 'typescript']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(app, 'node_modules', name));
  }
  symlinkSync(ROOT, join(app, 'node_modules/reprise'));
  return app;
}

/** On the application's own queue: nothing else polls this server. */
async function execute(workflow: string, root: string, input: object): Promise<unknown> {
  return await env.client.workflow.execute(workflow, {
    taskQueue: 'releases',
    workflowId: `${workflow}-${randomUUID()}`,
    workflowExecutionTimeout: '60 seconds',
    args: [{ workspace: { kind: 'path', path: root }, ...input }],
  });
}

async function workersOf(cwd: string, env: NodeJS.ProcessEnv): Promise<unknown> {
  const { code, stdout, stderr } = await reprise(['workers', '--json'], cwd, env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return (JSON.parse(stdout) as { workers: unknown }).workers;
}

describe('examples/temporal-plugin', () => {
  it('runs a stage inside a workflow of its own, and the rest as its child', async () => {
    const app = install();
    const compiled = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc'], {
      cwd: app,
      encoding: 'utf8',
    });
    expect(compiled).toMatchObject({ status: 0, stdout: '' });

    const options = { cwd: app, env: { ...process.env, TEMPORAL_ADDRESS: env.address, NODE_OPTIONS: '' } };
    const served = spawn(process.execPath, ['dist/worker.js'], options);
    worker = served;
    let said = '';
    served.stdout.on('data', (text) => (said += String(text)));
    served.stderr.on('data', (text) => (said += String(text)));
    await until('the worker serves', () => said.includes('serving releases'));

    const client = spawnSync(process.execPath, ['dist/client.js'], { ...options, encoding: 'utf8' });
    expect({ ...client, output: undefined }).toMatchObject({ status: 0, stderr: '' });
    expect(client.stdout).toBe(
      'release: words skipped, count ran, report ran\n' +
        'pipeline: succeeded, words skipped, count skipped, report skipped\n',
    );
    await until('the activity has spoken', () => said.includes('v1: words: ran\n'));
    expect(readFileSync(join(app, 'pipeline/report.txt'), 'utf8')).toBe('there are 3 words\n');

    const children = [];
    for await (const run of env.client.workflow.list({ query: 'WorkflowType = "reproduce"' }))
      children.push(run);
    expect(children.map((run) => run.taskQueue)).toEqual(['releases', 'releases']);

    // From a folder that has nothing of it, by way of the server: the host is asked.
    const child = children.find((run) => run.workflowId.startsWith('pipeline') === false);
    const elsewhere = mkdtempSync(join(tmpdir(), 'reprise-elsewhere-'));
    const logs = await reprise(['runs', 'logs', child?.workflowId ?? ''], elsewhere, {
      TEMPORAL_ADDRESS: env.address,
    });
    expect([logs.stderr, logs.code]).toEqual(['', 0]);
    expect(logs.stdout).toMatch(/--- count, attempt 1[^]*--- report, attempt 1/);

    const swept = makeGitProject(SCORE_PROJECT, app);
    const metric = 'metrics.json:test.score';
    expect(await execute('sweep', swept, { params: { x: [1, 3] }, metric, jobs: 2 })).toMatchObject({
      status: 'succeeded',
      best: '002',
      trials: [{ status: 'done' }, { status: 'done' }],
    });

    const retrained = retrainingProject(app);
    const predict = 'node evaluate.mjs "$REPRISE_MODEL" "$REPRISE_PREDICTIONS"';
    expect(await execute('retrain', retrained, { predict })).toMatchObject({
      outcome: 'promoted',
      version: 1,
    });
    newData(retrained, 0.9);
    // Other test rows: the model in production has to answer them, too.
    writeFiles(retrained, { 'test.jsonl': testSet(300) });
    expect(await execute('retrain', retrained, { predict })).toMatchObject({
      outcome: 'promoted',
      version: 2,
    });

    // From the command line, by the queue's name.
    const ours = { TEMPORAL_ADDRESS: env.address };
    const onQueue = async (root: string, ...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await reprise([...args, '--task-queue', 'releases'], root, ours);
      expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
      return stdout;
    };
    expect(await onQueue(join(app, 'pipeline'), 'repro')).toContain('up to date');
    expect(
      await onQueue(swept, 'sweep', 'run', '--param', 'x=2,3', '--metric', metric, '--name', 'queued'),
    ).toContain('002');
    expect(await onQueue(retrained, 'retrain')).toContain('unchanged');
    await onQueue(retrained, 'schedule', 'create', 'nightly', '--cron', '0 3 * * *');
    const nightly = env.client.schedule.getHandle('nightly');
    await nightly.trigger();
    let taken: string | undefined;
    while (taken === undefined)
      taken = (await nightly.describe()).info.recentActions[0]?.action.workflow.workflowId;
    expect(await env.client.workflow.getHandle(taken).result()).toMatchObject({ outcome: 'unchanged' });
    await nightly.delete();

    // Asked on its own queue, and by a worker of ours.
    const name = `${served.pid}@${hostname()} on releases`;
    const host = {
      answers: true,
      project: app,
      queues: ['releases'],
      slots: { cpu: { used: 0 } },
      stages: [],
    };
    expect(await workersOf(elsewhere, ours)).toMatchObject([
      { identity: name, taskQueue: 'releases', ...host },
    ]);
    const other = startReprise(['worker', '--project', elsewhere], elsewhere, ours);
    await until('the worker of ours serves', () => other.stdout().includes('queues'));
    expect(await workersOf(elsewhere, ours)).toMatchObject([
      { taskQueue: 'reprise', answers: true, project: elsewhere },
      { identity: name, ...host },
    ]);

    served.kill('SIGTERM');
    const [code] = await new Promise<[number | null]>((resolve) =>
      served.once('close', (end) => resolve([end])),
    );
    expect(code).toBe(0);
    if (DVC === undefined) return;
    const status = spawnSync(DVC, ['status'], { cwd: join(app, 'pipeline'), encoding: 'utf8' });
    expect(status.stdout).toBe('Data and pipelines are up to date.\n');
  }, 300_000);
});
