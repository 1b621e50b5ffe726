import { randomUUID } from 'node:crypto';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { RunEnd } from '../../../cli/runs/run-end.js';
import { startTemporal, startWorkers } from '../../rig/temporal.js';

let env: TestWorkflowEnvironment;
let stop: () => Promise<void>;
beforeAll(async () => {
  env = await startTemporal();
  const served = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-served-')));
  stop = await startWorkers(env, served, { hostId: 'alpha' });
});
afterAll(async () => {
  await stop?.();
  await env?.teardown();
});

/** A workflow that ends after 3 s, when the worker that it asks has not answered; or at once, refused. */
async function begin(input: object, signal = new AbortController().signal): Promise<RunEnd> {
  const { client } = env;
  const workflowId = randomUUID();
  const handle = await client.workflow.start('describeWorkers', {
    taskQueue: 'reprise',
    workflowId,
    args: [input],
  });
  return new RunEnd({ client, workflowId, firstRunId: handle.firstExecutionRunId, signal });
}

async function secondsOf(run: () => Promise<void>): Promise<number> {
  const before = performance.now();
  await run();
  return (performance.now() - before) / 1000;
}

describe('the end of a run', () => {
  it('ends the wait that it comes in, and no later one', async () => {
    const end = await begin({ identities: ['1@gone'] });
    expect(await secondsOf(() => end.within(50))).toBeLessThan(2);
    const seconds = await secondsOf(() => end.within(100_000));
    expect(seconds).toBeGreaterThan(1);
    expect(seconds).toBeLessThan(60);
    expect(await secondsOf(() => end.within(500))).toBeGreaterThan(0.45);
    end.close();
  });

  it('is an end also when the run failed', async () => {
    const end = await begin({ identities: 'none' });
    expect(await secondsOf(() => end.within(100_000))).toBeLessThan(60);
    end.close();
  });

  it('is not waited for when nobody watches any longer', async () => {
    const leave = new AbortController();
    const end = await begin({ identities: ['1@gone'] }, leave.signal);
    const waiting = secondsOf(() => end.within(100_000));
    leave.abort();
    expect(await waiting).toBeLessThan(2);
    const closed = await begin({ identities: ['1@gone'] });
    const closing = secondsOf(() => closed.within(100_000));
    closed.close();
    expect(await closing).toBeLessThan(2);
  });
});
