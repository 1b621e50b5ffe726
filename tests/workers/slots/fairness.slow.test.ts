import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { makeProject, writeFiles } from '../../rig/project.js';
import { until } from '../../rig/servers.js';
import { startTemporal, startWorkers } from '../../rig/temporal.js';

let env: TestWorkflowEnvironment;
const served = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-served-')));
let stop: (() => Promise<void>) | undefined;
beforeAll(async () => {
  env = await startTemporal({ 'matching.enableFairness': 'true' });
});
afterAll(async () => {
  await stop?.();
  await env?.teardown();
});

it('a project with many stages does not keep out one with few', async () => {
  stop = await startWorkers(env, served, { slots: 1 });
  const project = (name: string, count: number, cmd: string) => {
    const stages = Array.from(
      { length: count },
      (_, i) => `  ${name}${i}: {cmd: '${cmd}; echo ${name} >> ../order; echo > o${i}', outs: [o${i}]}`,
    );
    return makeProject({ 'dvc.yaml': `stages:\n${stages.join('\n')}\n` }, served);
  };
  const start = (root: string) =>
    env.client.workflow.start('reproduce', {
      taskQueue: 'reprise',
      workflowId: randomUUID(),
      args: [{ workspace: { kind: 'path', path: root } }],
    });
  const block = await start(
    project('block', 1, 'echo > ../blocks; while ! test -f ../go; do sleep 0.1; done'),
  );
  await until('the slot is taken', () => existsSync(join(served, 'blocks')));
  const scheduled = async (handle: Awaited<ReturnType<typeof start>>, count: number) => {
    while (((await handle.describe()).raw.pendingActivities ?? []).length < count) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const many = await start(project('many', 12, 'true'));
  await scheduled(many, 12);
  const few = await start(project('few', 2, 'true'));
  await scheduled(few, 2);
  writeFiles(served, { go: '' });
  await Promise.all([block, many, few].map((handle) => handle.result()));
  const order = readFileSync(join(served, 'order'), 'utf8').trim().split('\n').slice(1);
  expect(order).toHaveLength(14);
  // First come, first served would have them last.
  expect(order.lastIndexOf('few')).toBeLessThan(8);
});
