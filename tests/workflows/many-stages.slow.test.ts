import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { createHash, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowFailedError, WorkflowHandle } from '@temporalio/client';
import { Client } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { dataConverter } from '../../workers/index.js';
import { STATE_QUERY, type ReproduceResult, type RunMemo, type RunState } from '../../workflows/index.js';
import { smiFolder, smiRows } from '../rig/nvidia-smi.js';
import { makeProject } from '../rig/project.js';
import { reprise } from '../rig/reprise.js';
import { startTemporal, startWorkers } from '../rig/temporal.js';

const MANY = 10_000;
const served = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-served-')));

async function withServer(
  settings: Readonly<Record<string, string>>,
  act: (env: TestWorkflowEnvironment, client: Client) => Promise<void>,
  options: { readonly cachedRuns?: number } = {},
): Promise<void> {
  const env = await startTemporal(settings);
  const stop = await startWorkers(env, served, { slots: 4, ...options });
  try {
    await act(env, new Client({ connection: env.connection, dataConverter }));
  } finally {
    await stop();
    await env.teardown();
  }
}

const start = (client: Client, root: string, input: object = {}): Promise<WorkflowHandle> =>
  client.workflow.start('reproduce', {
    taskQueue: 'reprise',
    workflowId: randomUUID(),
    args: [{ workspace: { kind: 'path', path: root }, ...input }],
  });

/** All of whose stages but the last two are up to date. */
function makeLargeProject(): string {
  const md5 = createHash('md5').update('x\n').digest('hex');
  const keys = Array.from({ length: MANY - 2 }, (_, at) => `bert-base-uncased-lora-rank-16-seed-${at}`);
  const entry = (key: string): string =>
    `  train@${key}:\n    cmd: echo x > ${key}\n    outs:\n    - path: ${key}\n      hash: md5\n      md5: ${md5}\n      size: 2\n`;
  const root = makeProject(
    {
      'dvc.yaml': `stages:
  train: {foreach: [${keys.join(', ')}], do: {cmd: 'echo x > \${item}', outs: ['\${item}']}}
  quick: {cmd: echo q > quick, outs: [quick]}
  long: {cmd: 'cat quick; exec sleep 600', deps: [quick], outs: [long]}
`,
      'dvc.lock': `schema: '2.0'\nstages:\n${keys.map(entry).join('')}`,
    },
    served,
  );
  for (const key of keys) writeFileSync(join(root, key), 'x\n');
  const object = join(root, '.dvc/cache/files/md5', md5.slice(0, 2), md5.slice(2));
  mkdirSync(join(object, '..'), { recursive: true });
  writeFileSync(object, 'x\n');
  chmodSync(object, 0o444);
  return root;
}

describe('a run of thousands of stages', () => {
  it('is planned, asked, shown and canceled', async () => {
    const root = makeLargeProject();
    await withServer({}, async (env, client) => {
      const run = await start(client, root);
      let state: RunState | undefined;
      for (let tries = 0; tries < 600; tries++) {
        state = await run.query<RunState>(STATE_QUERY).catch(() => undefined);
        if (state?.stages.at(-1)?.status === 'running') break;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      expect(state?.stages).toHaveLength(MANY);
      expect(state?.stages.slice(-3).map(({ status }) => status)).toEqual(['skipped', 'ran', 'running']);
      expect(readFileSync(join(root, 'dvc.lock'), 'utf8')).toMatch(/\n {2}quick:\n {4}cmd: echo q > quick\n/);

      const show = async (): Promise<{ status: string; stages: { address: string; status: string }[] }> => {
        const { stdout } = await reprise(['runs', 'show', run.workflowId, '--json'], root, {
          TEMPORAL_ADDRESS: env.address,
        });
        return JSON.parse(stdout) as Awaited<ReturnType<typeof show>>;
      };
      const shown = await show();
      expect(shown.stages).toHaveLength(MANY);
      expect(shown.stages.at(-1)).toMatchObject({ address: 'long', status: 'running' });

      await expect(run.executeUpdate('pause', { args: [{ stage: 'none' }] })).rejects.toMatchObject({
        cause: { message: expect.stringMatching(/ and 9980 more$/) as string },
      });
      await run.cancel();
      const error: unknown = await run.result().catch((reason: unknown) => reason);
      expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
      const { memo, raw } = await run.describe();
      expect((memo as RunMemo).stages).toBe(`${MANY - 1}/${MANY}`);
      expect((memo as RunMemo).summary).toHaveLength(500);
      expect((memo as RunMemo).summary?.at(-1)).toMatchObject({ address: 'long', outcome: 'canceled' });
      expect(Number(raw.workflowExecutionInfo?.historySizeBytes)).toBeLessThan(2_000_000);
      expect((await show()).stages.at(-1)).toMatchObject({ address: 'long', status: 'canceled' });
    });
  });

  it('tells one line of most of its failures', async () => {
    const root = makeProject(
      {
        'dvc.yaml': `stages:\n${Array.from(
          { length: 120 },
          (_, at) => `  s${at}: {cmd: 'seq -f "%0400g" 30; exit 3', outs: [o${at}]}\n`,
        ).join('')}`,
      },
      served,
    );
    await withServer({}, async (_, client) => {
      const error: unknown = await (
        await start(client, root, { keepGoing: true })
      )
        .result()
        .catch((reason: unknown) => reason);
      const { cause } = error as WorkflowFailedError;
      expect(cause?.message).toMatch(/^failed: s0, .*, s19 and 100 more\n/);
      const [{ stages }] = (cause as unknown as { details: [ReproduceResult] }).details;
      const tails = stages.filter((stage) => stage.error?.tail);
      expect(tails).toHaveLength(50);
      expect(stages.every((stage) => stage.error?.code === 'stage-failed')).toBe(true);
    });
  });

  it('has in dvc.lock, in plan order, what had ended when it was canceled', async () => {
    const keys = Array.from({ length: 110 }, (_, at) => `k${at}`);
    const root = makeProject(
      {
        'dvc.yaml': `stages:
  long: {cmd: exec sleep 600, outs: [long]}
  quick: {foreach: [${keys.join(', ')}], do: {cmd: 'echo \${item} > \${item}', outs: ['\${item}']}}
`,
      },
      served,
    );
    // Each task of the run begins from its history: it has to come to the same again.
    await withServer(
      {},
      async (_, client) => {
        const run = await start(client, root);
        const done = async (): Promise<number> => {
          const state = await run.query<RunState>(STATE_QUERY).catch(() => undefined);
          return state?.stages.filter(({ status }) => status === 'ran').length ?? 0;
        };
        for (let tries = 0; tries < 900 && (await done()) < 30; tries++)
          await new Promise((resolve) => setTimeout(resolve, 100));
        await run.cancel();
        const error: unknown = await run.result().catch((reason: unknown) => reason);
        expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
        const { memo } = await run.describe();
        const ran = (memo as RunMemo).summary?.filter(({ outcome }) => outcome === 'ran');
        const names = [...readFileSync(join(root, 'dvc.lock'), 'utf8').matchAll(/^ {2}(\S+):$/gm)];
        expect(names.map(([, name]) => name)).toEqual(ran?.map(({ address }) => address));
        expect(names.length).toBeGreaterThanOrEqual(30);
      },
      { cachedRuns: 0 },
    );
  });

  it('gives the bytes of a sequential run when it is continued as new, and fails once', async () => {
    const chains = Array.from({ length: 12 }, (_, at) => at);
    const root = makeProject(
      {
        'dvc.yaml': `stages:\n  bad: {cmd: 'echo b >> tries; exit 3', outs: [b]}\n${chains
          .map(
            (at) => `  c${at}: {cmd: cat b${at} > c${at}, deps: [b${at}], outs: [c${at}]}
  a${at}: {cmd: echo ${at} > a${at}, outs: [a${at}]}
  b${at}: {cmd: cat a${at} > b${at}, deps: [a${at}], outs: [b${at}]}
`,
          )
          .join('')}`,
      },
      served,
    );
    await withServer({ 'limit.historyCount.suggestContinueAsNew': '80' }, async (_, client) => {
      const run = await start(client, root, { keepGoing: true });
      const error: unknown = await run.result().catch((reason: unknown) => reason);
      const [{ stages }] = (error as { cause: { details: [ReproduceResult] } }).cause.details;
      expect(stages.map(({ address, outcome }) => [address, outcome])).toEqual([
        ['bad', 'failed'],
        ...chains.flatMap((at) => ['a', 'b', 'c'].map((name) => [`${name}${at}`, 'ran'])),
      ]);
      expect(stages.some((stage) => 'added' in stage)).toBe(false);
      expect(readFileSync(join(root, 'tries'), 'utf8')).toBe('b\n');
      const { runId } = await client.workflow.getHandle(run.workflowId).describe();
      expect(runId).not.toBe((run as unknown as { firstExecutionRunId: string }).firstExecutionRunId);
      const names = [...readFileSync(join(root, 'dvc.lock'), 'utf8').matchAll(/^ {2}(\w+):$/gm)];
      expect(names.map(([, name]) => name)).toEqual(chains.flatMap((at) => [`a${at}`, `b${at}`, `c${at}`]));
    });
  });

  it('is continued as new once what it has begun has ended, however many those are', async () => {
    const keys = Array.from({ length: 60 }, (_, at) => at);
    const root = makeProject(
      {
        'dvc.yaml': `stages:\n${keys
          .map(
            (at) => `  a${at}: {cmd: sleep 0.8; echo > a${at}, outs: [a${at}]}
  b${at}: {cmd: echo > b${at}, deps: [a${at}], outs: [b${at}]}\n`,
          )
          .join('')}`,
      },
      served,
    );
    await withServer({ 'limit.historyCount.suggestContinueAsNew': '100' }, async (_, client) => {
      const run = await start(client, root);
      const { stages } = (await run.result()) as ReproduceResult;
      expect(stages.filter(({ outcome }) => outcome === 'ran')).toHaveLength(120);
      const { runId } = await client.workflow.getHandle(run.workflowId).describe();
      const first = (run as unknown as { firstExecutionRunId: string }).firstExecutionRunId;
      expect(runId).not.toBe(first);
      // Of the first part is what was begun at once, and little of what comes after.
      const { events } = await client.workflow.getHandle(run.workflowId, first).fetchHistory();
      const begun = events?.filter(
        (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'runStage',
      );
      expect(begun?.length).toBeLessThan(1.5 * keys.length);
    });
  });

  it('waits for no person, worker or long stage before it is continued as new, and holds to what was asked', async () => {
    const chain = (name: string, length: number, first: string): string =>
      Array.from(
        { length },
        (_, at) =>
          `  ${name}${at}: {cmd: echo ${at} > ${name}${at}, deps: [${at === 0 ? first : `${name}${at - 1}`}], outs: [${name}${at}]}\n`,
      ).join('');
    const root = makeProject(
      {
        'dvc.yaml': `stages:
  long: {cmd: 'while ! test -f end; do sleep 0.1; done; echo > long', outs: [long], meta: {reprise: {labels: [gpu]}}}
  absent: {cmd: echo > absent, outs: [absent], meta: {reprise: {labels: [npu]}}}
  held: {cmd: 'echo x >> tries; test $(wc -l < tries) = 2 && echo > held', deps: [a0], outs: [held]}
  gate: {cmd: 'while ! test -f go; do sleep 0.1; done; echo > gate', outs: [gate]}
${chain('a', 4, 'gate')}${chain('b', 3, 'long')}`,
      },
      served,
    );
    const path = process.env['PATH'];
    process.env['PATH'] = `${smiFolder(smiRows(1))}:${path}`;
    await withServer({ 'limit.historyCount.suggestContinueAsNew': '20' }, async (_, client) => {
      process.env['PATH'] = path;
      const run = await start(client, root);
      const update = (name: string, payload: object) => run.executeUpdate(name, { args: [payload] });
      const statuses = async (): Promise<Record<string, string>> => {
        const state = await run.query<RunState>(STATE_QUERY).catch(() => undefined);
        return Object.fromEntries(state?.stages.map(({ address, status }) => [address, status]) ?? []);
      };
      const until = async (address: string, status: string): Promise<Record<string, string>> => {
        for (;;) {
          const seen = await statuses();
          if (seen[address] === status) return seen;
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
      };
      const isFirst = async (): Promise<boolean> =>
        (await run.describe()).raw.workflowExecutionInfo?.firstRunId ===
        (await client.workflow.getHandle(run.workflowId).describe()).runId;

      await until('long', 'running');
      await update('pause', { stage: 'held' });
      await update('configure', { stage: 'held', retries: 1 });
      writeFileSync(join(root, 'go'), '');
      expect(await until('a3', 'ran')).toMatchObject({ long: 'running', absent: 'waiting', held: 'paused' });
      expect(await isFirst()).toBe(true);

      writeFileSync(join(root, 'end'), '');
      await until('b2', 'ran');
      // Whatever was next has been: there is nothing left but what waits.
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      expect(await statuses()).toMatchObject({ long: 'ran', absent: 'waiting', held: 'paused' });
      expect(await isFirst()).toBe(false);
      await update('resume', {});
      await update('configure', { stage: 'absent', labels: [] });
      const { stages, seconds } = (await run.result()) as ReproduceResult;
      expect(new Set(stages.map(({ outcome }) => outcome))).toEqual(new Set(['ran']));
      expect(stages.find(({ address }) => address === 'held')).toMatchObject({ attempts: 2 });
      expect(seconds).toBeGreaterThan(10);
      // Those of the part in which it ended.
      const { gpuSeconds } = stages.find(({ address }) => address === 'long') ?? {};
      expect(gpuSeconds).toBeGreaterThan(1);
      const { searchAttributes } = await client.workflow.getHandle(run.workflowId).describe();
      expect(searchAttributes['RepriseGpuSeconds']).toEqual([gpuSeconds]);
    });
  });
});
