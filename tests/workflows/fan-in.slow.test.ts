import { randomUUID } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { dataConverter } from '../../workers/index.js';
import type { ReproduceResult } from '../../workflows/index.js';
import { startGit, type GitServer } from '../rig/git-server.js';
import { describeWithS3, startS3, type S3Server } from '../rig/s3.js';
import { startTemporal, startWorkers } from '../rig/temporal.js';

/** Figures for more are in docs/log.md, of this test with another number. */
const STAGES = Number(process.env['REPRISE_TEST_FAN_IN'] ?? 100);
/** Events after which a run continues as new: it does so before the last stage, which then reads what an earlier part has made. */
const LONG = 4 * STAGES;

describeWithS3('one stage that reads what many made, on hosts that share a bucket', () => {
  let env: TestWorkflowEnvironment;
  let s3: S3Server;
  let git: GitServer;
  const hosts = ['a', 'b'].map(() => realpathSync(mkdtempSync(join(tmpdir(), 'reprise-host-'))));
  const stops: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    [env, s3, git] = await Promise.all([
      startTemporal({ 'limit.historyCount.suggestContinueAsNew': String(LONG) }),
      startS3(),
      startGit(),
    ]);
    Object.assign(process.env, s3.env);
    for (const [i, root] of hosts.entries())
      stops.push(await startWorkers(env, root, { repositories: [git.url], slots: 4, hostId: `host-${i}` }));
  });
  afterAll(async () => {
    await Promise.all(stops.map((stop) => stop()));
    git?.stop();
    await s3?.stop();
    await env?.teardown();
    for (const root of hosts) rmSync(root, { recursive: true, force: true });
  });

  it(
    `takes ${STAGES} of them, in few requests and a short history`,
    async () => {
      const items = Array.from({ length: STAGES }, (_, at) => `part-${at}`);
      const bucket = s3.makeBucket();
      const { url } = git.makeRepository(randomUUID(), {
        '.dvc/config': `[core]\n    remote = store\n['remote "store"']\n    url = s3://${bucket}/dvc\n    endpointurl = ${s3.endpoint}\n`,
        'dvc.yaml': `stages:
  part: {foreach: [${items.join(', ')}], do: {cmd: 'echo \${item} > \${item}.txt', outs: ['\${item}.txt']}}
  all: {cmd: 'cat *.txt | sort > all', deps: [${items.map((item) => `${item}.txt`).join(', ')}], outs: [all]}
`,
      });
      const client = new Client({ connection: env.connection, dataConverter });
      const began = performance.now();
      const run = await client.workflow.start('reproduce', {
        taskQueue: 'reprise',
        workflowId: randomUUID(),
        args: [{ workspace: { kind: 'git', url } }],
      });
      const result = (await run.result()) as ReproduceResult;
      const seconds = (performance.now() - began) / 1000;
      expect(new Set(result.stages.map(({ outcome }) => outcome))).toEqual(new Set(['ran']));
      expect(result.stages).toHaveLength(STAGES + 1);
      const last = result.stages.at(-1);
      expect(last).toMatchObject({ address: 'all', attempts: 1 });

      const { runId } = await env.client.workflow.getHandle(run.workflowId).describe();
      const first = env.client.workflow.getHandle(run.workflowId, run.firstExecutionRunId);
      const { raw } = await first.describe();
      const { historyLength, historySizeBytes } = raw.workflowExecutionInfo ?? {};
      expect(runId).not.toBe(run.firstExecutionRunId);
      const requests = s3.requests().filter((request) => request.bucket === bucket);
      if (process.env['REPRISE_TEST_FAN_IN'] !== undefined) {
        const kinds = [...new Set(requests.map(({ operation }) => operation))];
        const counts = kinds.map(
          (kind) => `${kind} ${requests.filter(({ operation }) => operation === kind).length}`,
        );
        console.log(
          `${STAGES}: ${seconds.toFixed(1)} s, the last ${last?.seconds.toFixed(1)} s; ${Number(historyLength)} events, ${Number(historySizeBytes)} bytes; ${counts.join(', ')}`,
        );
      }
      // On a slow host fewer of what ends is told in one task.
      expect(Number(historyLength)).toBeLessThan(14 * STAGES);
      expect(Number(historySizeBytes)).toBeLessThan(4_000 * STAGES);
      expect(requests.length).toBeLessThan(20 * STAGES);
    },
    STAGES * 5_000 + 120_000,
  );
});
