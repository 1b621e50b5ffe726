import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { followRun } from '../../../cli/runs/follow-run.js';
import { followSweep } from '../../../cli/sweeps/follow-sweep.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { WORKFLOW_QUEUE } from '../../../workflows/index.js';
import { makeProject } from '../../rig/project.js';
import { endAll, eventsOf, outcomesOf, reprise } from '../../rig/reprise.js';
import { startTemporal, startWorkers } from '../../rig/temporal.js';

describe('a run or a sweep whose workflow tasks fail', () => {
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await startTemporal();
  });
  afterEach(endAll);
  afterAll(() => env?.teardown());

  /** Starts the project's run where its worker cannot run it, and watches it, more often than the command line does. */
  const stuckRun = async (root: string): Promise<unknown> => {
    const { stdout } = await reprise(['repro', '--detach', '--json'], root, {
      TEMPORAL_ADDRESS: env.address,
    });
    const run = eventsOf(stdout).find((event) => event.event === 'run');
    return await followRun(watching(env, run?.workflowId ?? '', run?.runId ?? '')).catch(
      (error: unknown) => error,
    );
  };

  it('is given up after a while, and what that names ends it: the same command then begins a new one', async () => {
    const root = makeProject({
      'dvc.yaml': 'stages:\n  one: {cmd: cat in.txt > out.txt, deps: [in.txt], outs: [out.txt]}\n',
      'in.txt': 'one\n',
    });
    const server = { TEMPORAL_ADDRESS: env.address };
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: WORKFLOW_QUEUE,
      workflowsPath: fileURLToPath(new URL('stuck/workflows.ts', import.meta.url)),
    });
    await worker.runUntil(async () => {
      const error = await stuckRun(root);
      expect(error).toBeInstanceOf(DiagnosticError);
      const { code, fix = '' } = error as DiagnosticError;
      expect(code).toBe('run-stuck');
      const [, command = ''] = /`reprise (runs cancel \S+ --force)`/.exec(fix) ?? [];
      expect(await reprise(command.split(' '), root, server)).toMatchObject({
        code: 0,
        stdout: 'closed; what it had finished is kept\n',
      });
      const sweep = await env.client.workflow.start('sweep', {
        taskQueue: WORKFLOW_QUEUE,
        workflowId: 'a-sweep',
      });
      const given = followSweep(watching(env, sweep.workflowId, sweep.firstExecutionRunId));
      await expect(given).rejects.toMatchObject({
        code: 'run-stuck',
        message: `the sweep ${sweep.firstExecutionRunId} cannot go on: its workflow tasks fail, one after the other`,
      });
    });
    const stop = await startWorkers(env, root);
    try {
      const again = await reprise(['repro', '--json'], root, server);
      expect(again).toMatchObject({ code: 0, stderr: '' });
      expect(eventsOf(again.stdout)).toContainEqual(
        expect.objectContaining({ event: 'run', state: 'started' }),
      );
      expect(outcomesOf(again)).toEqual({ one: 'ran' });
    } finally {
      await stop();
    }
  });
});

function watching({ client, address }: TestWorkflowEnvironment, workflowId: string, firstRunId: string) {
  return {
    client,
    address,
    workflowId,
    firstRunId,
    interval: 100,
    signal: new AbortController().signal,
    emit: () => undefined,
    onLook: () => Promise.resolve(),
  };
}
