import { randomUUID } from 'node:crypto';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ReproduceResult } from '../../workflows/index.js';
import { gitHistory } from '../rig/git-history.js';
import { startGit, type GitServer } from '../rig/git-server.js';
import { failureOf } from '../rig/runs.js';
import { startTemporal, startWorkers } from '../rig/temporal.js';

let env: TestWorkflowEnvironment;
let git: GitServer;
let stop: (() => Promise<void>) | undefined;
beforeAll(async () => {
  [env, git] = await Promise.all([startTemporal(), startGit()]);
  const host = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-host-')));
  stop = await startWorkers(env, host, { repositories: [git.url] });
});
afterAll(async () => {
  await stop?.();
  git?.stop();
  await env?.teardown();
});

describe('asOf', () => {
  it('gives each run of a backfill the data of its time', async () => {
    const { repository, commits } = gitHistory(git);
    const id = randomUUID();
    const schedule = await env.client.schedule.create({
      scheduleId: id,
      spec: { intervals: [{ every: '1d' }] },
      state: { paused: true },
      policies: { overlap: ScheduleOverlapPolicy.ALLOW_ALL },
      action: {
        type: 'startWorkflow',
        workflowType: 'reproduce',
        workflowId: id,
        taskQueue: 'reprise',
        args: [{ workspace: { kind: 'git', url: repository.url, rev: 'main', asOf: 'schedule' } }],
      },
    });
    await schedule.backfill({
      start: new Date('2026-01-02T00:00:00Z'),
      end: new Date('2026-01-04T00:00:00Z'),
      overlap: ScheduleOverlapPolicy.ALLOW_ALL,
    });
    const found = new Map<string, ReproduceResult>();
    const days = ['2026-01-02', '2026-01-03', '2026-01-04'];
    for (const day of days) {
      const handle = env.client.workflow.getHandle(`${id}-${day}T00:00:00Z`);
      for (let i = 0; !found.has(day); i++) {
        const result = await handle.result().catch((error: unknown) => error);
        if (!(result instanceof Error)) found.set(day, result as ReproduceResult);
        else if (i === 50) throw result;
        else await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
    await schedule.delete();
    expect(days.map((day) => found.get(day)?.commit)).toEqual(commits);
    for (const day of days) expect(found.get(day)?.published?.branch).toMatch(/^reprise\//);
    expect(repository.git('ls-remote', 'origin', 'main')).toContain(commits[2]);
  });

  it('takes a time, and says what is wrong with one', async () => {
    const { repository, commits } = gitHistory(git);
    const run = (asOf: string) =>
      env.client.workflow.execute('reproduce', {
        taskQueue: 'reprise',
        workflowId: randomUUID(),
        args: [{ workspace: { kind: 'git', url: repository.url, rev: 'main', asOf } }],
      });
    expect(await run('2026-01-02T13:00:00+00:00')).toMatchObject({ commit: commits[1] });
    expect(await failureOf(run('schedule'))).toMatchObject({
      type: 'InvalidInput',
      message: expect.stringMatching(/^workspace\.asOf: no schedule started this run/),
    });
    expect(await failureOf(run('yesterday'))).toMatchObject({
      type: 'InvalidInput',
      message: expect.stringMatching(/^workspace\.asOf: expected schedule, or a time/),
    });
    expect((await failureOf(run('2025-12-31T00:00:00Z'))).cause).toMatchObject({ type: 'revision-missing' });
  });
});
