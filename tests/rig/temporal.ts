import { TestWorkflowEnvironment } from '@temporalio/testing';
import { SEARCH_ATTRIBUTES, SERVER_SETTINGS } from '../../workflows/index.js';
import { createWorkers, type WorkersOptions } from '../../workers/index.js';
import { DefaultLogger, Runtime, NativeConnection } from '@temporalio/worker';

/**
 * A real Temporal dev server, in memory, on free loopback ports.
 *
 * @param settings dynamic configuration beside that of a project's own server
 */
export async function startTemporal(
  settings: Readonly<Record<string, string>> = {},
): Promise<TestWorkflowEnvironment> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  for (let tries = 1; ; tries++) {
    try {
      return await create(settings);
    } catch (error) {
      // The SDK gives it five seconds, which a machine with much to do may take.
      if (tries === STARTS || !/did not start within/.test(String(error))) throw error;
    }
  }
}

const STARTS = 5;

function create(settings: Readonly<Record<string, string>>): Promise<TestWorkflowEnvironment> {
  const path = process.env['TEMPORAL_CLI_PATH'];
  return TestWorkflowEnvironment.createLocal({
    server: {
      ...(path ? { executable: { type: 'existing-path', path } } : {}),
      log: { format: 'pretty', level: 'error' },
      extraArgs: [
        ...Object.entries({ ...SERVER_SETTINGS, ...settings }).flatMap(([key, value]) => [
          '--dynamic-config-value',
          `${key}=${value}`,
        ]),
        ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => [
          '--search-attribute',
          `${name}=${type}`,
        ]),
      ],
    },
  });
}

/**
 * Starts workers for the projects in a folder, on a connection of their own: several in one process stand for several hosts.
 *
 * @returns ends them, and what they run
 */
export async function startWorkers(
  env: TestWorkflowEnvironment,
  projectRoot: string,
  options: Pick<WorkersOptions, 'labels' | 'slots' | 'hostId' | 'repositories'> = {},
): Promise<() => Promise<void>> {
  const connection = await NativeConnection.connect({ address: env.address });
  const cachedRuns = process.env['REPRISE_TEST_CACHED_RUNS'];
  const workers = await createWorkers({
    connection,
    namespace: env.namespace ?? 'default',
    projectRoot,
    ...(cachedRuns === undefined ? {} : { cachedRuns: Number(cachedRuns) }),
    ...options,
  });
  const running = workers.run();
  return async () => {
    workers.shutdown();
    await running;
    await connection.close();
  };
}
