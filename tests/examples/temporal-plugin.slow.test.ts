import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { until } from '../rig/servers.js';
import { startTemporal } from '../rig/temporal.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DVC = process.env['REPRISE_TEST_DVC'];

let env: TestWorkflowEnvironment;
let worker: ChildProcess | undefined;
beforeAll(async () => {
  env = await startTemporal();
});
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
    await until('the worker serves', () => said.includes('serving releases'), 60);

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

    served.kill('SIGTERM');
    const [code] = await new Promise<[number | null]>((resolve) =>
      served.once('close', (end) => resolve([end])),
    );
    expect(code).toBe(0);
    if (DVC === undefined) return;
    const status = spawnSync(DVC, ['status'], { cwd: join(app, 'pipeline'), encoding: 'utf8' });
    expect(status.stdout).toBe('Data and pipelines are up to date.\n');
  }, 180_000);
});
