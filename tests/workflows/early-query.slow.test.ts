import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Context, CompleteAsyncError } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, bundleWorkflowCode } from '@temporalio/worker';
import { startTemporal } from '../rig/temporal.js';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** What the server waits for a worker that is gone, before another may answer. */
const STICKY_MS = 2_000;
/** A run that has all it waits for ends long before. */
const END_MS = 20_000;

describe('a query that comes to a worker between what happened and the task that tells of it', () => {
  let env: TestWorkflowEnvironment;
  let codePath: string;
  /** Tokens of activities that this test ends, by what they make. */
  const tokens = new Map<string, Uint8Array>();
  let activities: Worker;
  let running: Promise<void>;
  beforeAll(async () => {
    env = await startTemporal();
    const { code } = await bundleWorkflowCode({
      workflowsPath: path('early-query/together.ts'),
      workflowInterceptorModules: [path('../../dist/workflows/refuse-early-events.js')],
    });
    codePath = join(mkdtempSync(join(tmpdir(), 'reprise-bundle-')), 'bundle.js');
    writeFileSync(codePath, code);
    activities = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: 'early-query-activities',
      activities: {
        make(name: string): never {
          tokens.set(name, Context.current().info.taskToken);
          throw new CompleteAsyncError();
        },
        keep: () => undefined,
      },
    });
    running = activities.run();
  }, 60_000);
  afterAll(async () => {
    activities?.shutdown();
    await running;
    await env?.teardown();
  });

  const startWorker = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [path('early-query/worker.mjs'), env.address, codePath], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    return child;
  };

  /**
   * @param early end while the query waits
   * @param late ends when it has been answered or refused
   * @returns the refusal or the answer, the answer to the same query asked again at once, and what came of the run
   */
  const scenario = async (early: readonly string[], late: readonly string[]) => {
    tokens.clear();
    const { client } = env;
    const names = [...early, ...late];
    const first = await startWorker();
    const handle = await client.workflow.start('together', {
      taskQueue: 'early-query',
      workflowId: `early-query/${randomUUID()}`,
      args: [names],
    });
    while (tokens.size < names.length) await sleep(50);
    first.kill('SIGKILL');
    const second = await startWorker();
    const complete = async (made: readonly string[]): Promise<void> => {
      for (const name of made) await client.activity.complete(tokens.get(name) as Uint8Array, name);
    };
    try {
      // For a while it goes to the one that was killed.
      const asked = handle.query<string>('made').catch((error: unknown) => String(error));
      await sleep(0.75 * STICKY_MS);
      await complete(early);
      const answered = await asked;
      await complete(late);
      const ended = handle.result().then((result) => ({ result }));
      const end = await Promise.race([ended, sleep(END_MS).then(() => ({ result: 'it did not end' }))]);
      return {
        answered,
        ...end,
        made: await handle.query<string>('made'),
        history: await handle.fetchHistory(),
      };
    } finally {
      second.kill('SIGKILL');
    }
  };

  it.each([
    { early: ['a', 'b'], late: ['c'], said: 'more happens until the task' },
    { early: ['a', 'b'], late: [], said: 'nothing more happens until the task' },
  ])(
    'does not change what the run does, where $said',
    async ({ early, late }) => {
      const seen = [];
      // On a busy machine the task may have begun before.
      do seen.push(await scenario(early, late));
      while (seen.length < 4 && !seen.some(({ answered }) => /ask again/.test(answered)));
      expect(seen.at(-1)?.answered).toMatch(/ask again/);
      for (const { result, made, history } of seen) {
        expect([...result.split(',')].sort()).toEqual([...early, ...late]);
        expect(made).toBe(result);
        await Worker.runReplayHistory({ workflowBundle: { codePath } }, history);
      }
    },
    240_000,
  );
});
