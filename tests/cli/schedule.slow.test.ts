import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { endAll, reprise, startReprise, type RepriseEnd } from '../rig/reprise.js';
import { retrainingProject } from '../rig/retraining.js';
import { until } from '../rig/servers.js';
import { startTemporal } from '../rig/temporal.js';
import { writeFiles } from '../rig/project.js';
import { tmpdir } from 'node:os';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await startTemporal();
});
afterAll(async () => {
  await env?.teardown();
});
afterEach(endAll);

const remote = () => ({ TEMPORAL_ADDRESS: env.address });
const schedule = (
  args: readonly string[],
  root: string,
  more = remote() as NodeJS.ProcessEnv,
): Promise<RepriseEnd> => reprise(['schedule', ...args], root, more);

async function json(args: readonly string[], root: string): Promise<Record<string, unknown>> {
  const end = await schedule([...args, '--json'], root);
  expect(end).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(end.stdout) as Record<string, unknown>;
}

async function worker(root: string, more = remote() as NodeJS.ProcessEnv): Promise<void> {
  const serving = startReprise(['worker'], root, more);
  await until('the worker serves', () => serving.stdout().includes('queues'));
}

/** Asks until it says so. */
async function untilShown(
  root: string,
  id: string,
  done: (shown: Record<string, unknown>) => boolean,
): Promise<Record<string, unknown>> {
  for (let i = 0; i < 300; i++) {
    const shown = await json(['show', id], root);
    if (done(shown)) return shown;
  }
  throw new Error(`${id} did not get there`);
}

describe('reprise schedule', () => {
  it('is created, shown, triggered, paused, backfilled and deleted', async () => {
    const root = retrainingProject(tmpdir());
    await worker(root);
    const created = await json(
      [
        'create',
        'nightly',
        '--cron',
        '0 3 * * *',
        '--timezone',
        'Europe/Berlin',
        '--overlap',
        'buffer-all',
        '--note',
        'mine',
      ],
      root,
    );
    expect(created).toMatchObject({ state: 'created', id: 'nightly', workflow: 'retrain' });
    expect(await json(['show', 'nightly'], root)).toMatchObject({
      workflow: 'retrain',
      overlap: 'BUFFER_ALL',
      note: 'mine',
      paused: false,
      next: expect.arrayContaining([expect.stringMatching(/T0[12]:00:00/)]),
    });
    const listed = await json(['list'], root);
    expect(listed['schedules']).toEqual(expect.arrayContaining([expect.objectContaining({ id: 'nightly' })]));

    expect(await json(['trigger', 'nightly'], root)).toMatchObject({ state: 'triggered' });
    const fired = await untilShown(root, 'nightly', ({ recent }) => (recent as unknown[]).length > 0);
    const [{ workflowId }] = fired['recent'] as [{ workflowId: string }];
    expect(await env.client.workflow.getHandle(workflowId).result()).toMatchObject({ outcome: 'promoted' });

    await json(['pause', 'nightly', '--note', 'holidays'], root);
    expect(await json(['show', 'nightly'], root)).toMatchObject({ paused: true, note: 'holidays' });
    await json(['unpause', 'nightly'], root);
    await json(
      ['backfill', 'nightly', '--from', '2026-01-01T00:00:00Z', '--to', '2026-01-03T00:00:00Z'],
      root,
    );
    const filled = await untilShown(
      root,
      'nightly',
      ({ actions, running }) => actions === 3 && (running as []).length === 0,
    );
    expect(filled).toMatchObject({ actions: 3 });
    // Nothing new came: nothing was trained.
    expect(readFileSync(join(root, 'trained'), 'utf8')).toBe('run\n');

    expect(await json(['delete', 'nightly'], root)).toMatchObject({ state: 'deleted' });
    expect(await schedule(['show', 'nightly'], root)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^there is no schedule nightly\n {2}fix: /),
    });
  });

  it('is paused by a run that fails', async () => {
    const root = retrainingProject(tmpdir());
    writeFiles(root, { 'evaluate.mjs': 'process.exit(3);\n' });
    await worker(root);
    await json(['create', 'broken', '--interval', '1s', '--pause-on-failure'], root);
    const shown = await untilShown(root, 'broken', ({ paused }) => paused === true);
    expect(String(shown['note'])).toMatch(/paused due to workflow failure/i);
    await json(['delete', 'broken'], root);
  });

  it('refuses what is wrong before anything is there', async () => {
    const root = retrainingProject(tmpdir());
    for (const [args, message] of [
      [['create', 'x'], /^it never fires/],
      [['create', 'x', '--cron', 'a b c d e'], /^the server does not take the schedule/],
      [['create', 'x', '--interval', '1h', '--input', '{"minGain": 7}'], /^--input: minGain/],
      [['backfill', 'x', '--from', '2026-01-02', '--to', '2026-01-01'], /ends before it begins/],
    ] as const) {
      const end = await schedule(args, root);
      expect(end.code).toBe(1);
      expect(end.stderr).toMatch(message);
      expect(end.stderr).not.toMatch(/^\s+at /m);
    }
    expect((await schedule(['create', 'x', '--input', '{'], root)).code).toBe(2);
    await json(['create', 'twice', '--interval', '1h', '--paused'], root);
    expect((await schedule(['create', 'twice', '--interval', '1h'], root)).stderr).toMatch(
      /there is a schedule twice already/,
    );
    await json(['delete', 'twice'], root);
  });
});

describe("on the project's own server", () => {
  const embedded = { TEMPORAL_ADDRESS: '' };

  it('a schedule says that it needs a worker, and fires when there is one', async () => {
    const root = retrainingProject(tmpdir());
    const created = await schedule(['create', '--interval', '2s'], root, embedded);
    expect(created).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('keep `reprise worker` running'),
    });
    await worker(root, embedded);
    const made = () => {
      try {
        return readFileSync(join(root, 'final/production.json'), 'utf8');
      } catch {
        return undefined;
      }
    };
    expect(await until('a model is in production', made, 60)).toContain('"version": 1');
    expect(await schedule(['delete'], root, embedded)).toMatchObject({ code: 0 });
  });
});
