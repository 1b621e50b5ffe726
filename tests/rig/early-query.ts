import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CompleteAsyncError, Context } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, bundleWorkflowCode } from '@temporalio/worker';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** What the server waits for a worker that is gone, before another may answer. */
const STICKY_MS = 2_000;

/** What `early-query/worker.mjs` is told. */
export type QueriedWorker =
  | { readonly codePath: string }
  | { readonly workflowsPath: string; readonly bundle?: true; readonly root: string };

/** Its workflow, `together`, does of two things that come at once what it would not do of one after the other. */
export const TOGETHER = path('early-query/together.ts');

/** A query that comes to a worker between what happened and the task that tells of it. */
export interface EarlyQuery {
  /** The workflow's bundle, with the interceptor. */
  readonly codePath: string;
  /**
   * @param early which of a, b and c have happened by then; the others happen afterwards
   * @returns why the query failed, and the run's result
   * @throws when the run went on otherwise than its history says, or did not go on
   */
  ask(
    worker: QueriedWorker,
    early: readonly string[],
  ): Promise<{ readonly refused: string; readonly result: string }>;
  stop(): Promise<void>;
}

/** Tries until the query was early: on a busy machine the task may have begun before. */
const TRIES = 4;

export async function startEarlyQuery(env: TestWorkflowEnvironment): Promise<EarlyQuery> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: TOGETHER,
    workflowInterceptorModules: [path('../../dist/workflows/refuse-early-events.js')],
  });
  const codePath = join(mkdtempSync(join(tmpdir(), 'reprise-bundle-')), 'bundle.js');
  writeFileSync(codePath, code);
  /** Tokens of activities that the scenario ends, by what they make. */
  const tokens = new Map<string, Uint8Array>();
  const activities = await Worker.create({
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
  const running = activities.run();

  const scenario = async (
    worker: QueriedWorker,
    early: readonly string[],
  ): Promise<{ refused: string; result: string }> => {
    tokens.clear();
    const { client } = env;
    const first = await startWorker(env.address, worker);
    const handle = await client.workflow.start('together', {
      taskQueue: 'early-query',
      workflowId: `early-query/${randomUUID()}`,
      // One that does not go on does not end by itself.
      workflowExecutionTimeout: '1 minute',
    });
    while (tokens.size < 3) await sleep(50);
    const happen = (name: string): Promise<void> =>
      client.activity.complete(tokens.get(name) as Uint8Array, name);
    first.kill('SIGKILL');
    const second = await startWorker(env.address, worker);
    try {
      // For a while it goes to the one that was killed.
      const answer = handle.query<string>('made').then(
        () => '',
        (error: Error) => error.message,
      );
      await sleep(0.75 * STICKY_MS);
      for (const name of early) await happen(name);
      const refused = await answer;
      for (const name of ['a', 'b', 'c']) if (!early.includes(name)) await happen(name);
      const result = (await handle.result()) as string;
      await Worker.runReplayHistory({ workflowBundle: { codePath } }, await handle.fetchHistory());
      return { refused, result };
    } finally {
      second.kill('SIGKILL');
    }
  };
  return {
    codePath,
    async ask(worker, early) {
      let seen = await scenario(worker, early);
      for (let tries = 1; tries < TRIES && seen.refused === ''; tries++) seen = await scenario(worker, early);
      return seen;
    },
    async stop() {
      activities.shutdown();
      await running;
    },
  };
}

async function startWorker(address: string, worker: QueriedWorker): Promise<ChildProcess> {
  const { NODE_OPTIONS: _jests, ...env } = process.env;
  const args = [path('early-query/worker.mjs'), address, JSON.stringify(worker)];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the worker ended with ${code}`)));
  });
  return child;
}
