import type { ReproduceInput } from '../../workflows/index.js';
import { openSession } from '../connection/index.js';
import { openLocalProject } from './local-project.js';
import { selectionOf, type ReproOptions } from './repro-options.js';
import { inputDigest, workflowIdOf } from './run-identity.js';
import { openRunOf } from './run-owner.js';
import { startRun } from './start-run.js';

/** `reprise repro --detach` against a server of others: starts the run and leaves it to their workers. */
export async function startOnly(options: ReproOptions): Promise<void> {
  const dataIsHere = options.workspace === undefined && !options.input.allowMissing;
  const local = await openLocalProject(options.cwd, selectionOf(options), { dataIsHere });
  const session = await openSession({ flags: options.connection, root: local.root });
  try {
    const workspace = { kind: 'path', path: options.workspace ?? options.cwd } as const;
    const input: ReproduceInput = { ...options.input, workspace };
    const run = await startRun({
      client: session.client,
      taskQueue: options.taskQueue,
      workflowId: workflowIdOf(local),
      input,
      digest: inputDigest(input, local),
      summary: options.summary,
      wait: options.wait,
      onWait: (message) => options.renderer.show({ event: 'notice', code: 'waiting', message }),
    });
    if (!run) return;
    if (options.workspace === undefined) (await openRunOf(local.root, session))?.takeIfPossible();
    const ui = session.runAddress(run.workflowId, run.firstRunId);
    options.renderer.show({
      event: 'run',
      state: 'detached',
      project: local.name,
      workflowId: run.workflowId,
      runId: run.firstRunId,
      ...(ui === undefined ? {} : { ui }),
    });
  } finally {
    await session.close();
  }
}
