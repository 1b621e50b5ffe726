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

/** What `early-query/worker.mjs` is told; undefined: the workflow's bundle, with the interceptor, and no more. */
export type QueriedWorker =
  undefined | { readonly workflowsPath: string; readonly bundle?: true; readonly root: string };

/** Its workflow, `together`, does of two things that come at once what it would not do of one after the other. */
export const TOGETHER = path('early-query/together.ts');

/** A query that comes to a worker between what happened and the task that tells of it. */
export interface EarlyQuery {
  /**
   * @param early end while the query waits
   * @param late end when it has been answered or refused
   * @returns the refusal, or the answer of the last try, if the query never was early; and what came of the run
   * @throws when a run went on otherwise than its history says, or did not go on
   */
  ask(
    worker: QueriedWorker,
    early: readonly string[],
    late: readonly string[],
  ): Promise<{ readonly answered: string; readonly result: string }>;
  stop(): Promise<void>;
}

/** On a busy machine the task may have begun before the query. */
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
    late: readonly string[],
  ): Promise<{ answered: string; result: string }> => {
    tokens.clear();
    const { client } = env;
    const names = [...early, ...late];
    const first = await startWorker(env.address, worker ?? { codePath });
    const handle = await client.workflow.start('together', {
      taskQueue: 'early-query',
      workflowId: `early-query/${randomUUID()}`,
      args: [names],
      // One that does not go on does not end by itself.
      workflowExecutionTimeout: '1 minute',
    });
    while (tokens.size < names.length) await sleep(50);
    first.kill('SIGKILL');
    const second = await startWorker(env.address, worker ?? { codePath });
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
      const result = (await handle.result()) as string;
      const made = await handle.query<string>('made');
      if (made !== result) throw new Error(`it made ${result}, and says ${made}`);
      await Worker.runReplayHistory({ workflowBundle: { codePath } }, await handle.fetchHistory());
      return { answered, result: result.split(',').sort().join() };
    } finally {
      second.kill('SIGKILL');
    }
  };
  return {
    async ask(worker, early, late) {
      let seen = await scenario(worker, early, late);
      for (let tries = 1; tries < TRIES && !/ask again/.test(seen.answered); tries++)
        seen = await scenario(worker, early, late);
      return seen;
    },
    async stop() {
      activities.shutdown();
      await running;
    },
  };
}

async function startWorker(address: string, worker: object): Promise<ChildProcess> {
  const { NODE_OPTIONS: _jests, ...env } = process.env;
  const args = [path('early-query/worker.mjs'), address, JSON.stringify(worker)];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the worker ended with ${code}`)));
  });
  return child;
}
