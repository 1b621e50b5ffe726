import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { followRun } from '../../../cli/runs/follow-run.js';
import type { RunEvent } from '../../../cli/display/index.js';
import { makeProject } from '../../rig/project.js';
import { startTemporal, startWorkers } from '../../rig/temporal.js';

describe('work that is tried again without end', () => {
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await startTemporal();
  });
  afterAll(() => env?.teardown());

  // The server keeps 4 KB of a failure.
  it.each([
    [
      '',
      '',
      /^(one|a stage) failed, and is tried again until it succeeds: one: the command asked to be run again \(exit 75\)[^]*not yet/,
    ],
    [
      ', which may be long',
      "for i in 1 2 3 4 5 6 7 8 9; do seq -s ' ' 400; done; ",
      /^(one|a stage) failed, and is tried again until it succeeds: one: the command asked to be run again/,
    ],
  ])('is told of with its failure%s, once', async (_, before, message) => {
    const root = makeProject({
      'dvc.yaml': `stages:\n  one: {cmd: "test -e mended || { ${before}echo not yet; exit 75; }; cat in.txt > out.txt", deps: [in.txt], outs: [out.txt]}\n`,
      'in.txt': 'in\n',
    });
    const stop = await startWorkers(env, root);
    try {
      const { client, address } = env;
      const workflowId = randomUUID();
      const run = await client.workflow.start('reproduce', {
        taskQueue: 'reprise',
        workflowId,
        args: [{ workspace: { kind: 'path', path: root } }],
      });
      const notices: RunEvent[] = [];
      const outcome = await followRun({
        client,
        address,
        workflowId,
        firstRunId: run.firstExecutionRunId,
        interval: 100,
        signal: AbortSignal.timeout(180_000),
        emit(event) {
          if (event.event === 'notice') notices.push(event);
          if (event.event === 'notice') writeFileSync(join(root, 'mended'), '');
        },
        onLook: () => Promise.resolve(),
      });
      expect(notices).toEqual([
        {
          event: 'notice',
          code: 'retrying',
          message: expect.stringMatching(message) as string,
        },
      ]);
      expect(outcome).toMatchObject({ status: 'succeeded' });
    } finally {
      await stop();
    }
  });
});
