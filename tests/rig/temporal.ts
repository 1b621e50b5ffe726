import { TestWorkflowEnvironment } from '@temporalio/testing';
import { SEARCH_ATTRIBUTES } from '../../workflows/index.js';
import { createWorkers, type Workers } from '../../workers/index.js';
import type { NativeConnection } from '@temporalio/worker';

/** A real Temporal dev server, in memory, on free loopback ports. */
export async function startTemporal(): Promise<TestWorkflowEnvironment> {
  const path = process.env['TEMPORAL_CLI_PATH'];
  return await TestWorkflowEnvironment.createLocal({
    server: {
      ...(path ? { executable: { type: 'existing-path', path } } : {}),
      log: { format: 'pretty', level: 'error' },
      extraArgs: Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => [
        '--search-attribute',
        `${name}=${type}`,
      ]),
    },
  });
}

/** Runs workers for a project while `body` runs. */
export async function withWorkers<T>(
  env: TestWorkflowEnvironment,
  projectRoot: string,
  body: (workers: Workers) => Promise<T>,
  options: { labels?: readonly string[]; slots?: number; connection?: NativeConnection } = {},
): Promise<T> {
  const workers = await createWorkers({
    connection: options.connection ?? env.nativeConnection,
    namespace: env.namespace ?? 'default',
    projectRoot,
    ...options,
  });
  const running = workers.run();
  try {
    return await body(workers);
  } finally {
    workers.shutdown();
    await running;
  }
}
