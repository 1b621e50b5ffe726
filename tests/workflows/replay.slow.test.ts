import { Worker } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';
import { RetrainRig } from '../rig/retrain-runs.js';
import { newData, retrainingProject } from '../rig/retraining.js';

let rig: RetrainRig;
beforeAll(async () => {
  rig = await RetrainRig.start();
});
afterAll(async () => {
  await rig?.end();
});

it('retrain and promote do the same when their histories are replayed', async () => {
  const root = retrainingProject(rig.served);
  const handles = [await rig.start('retrain', root, { debounce: 1 })];
  await handles[0]?.result();
  newData(root, 0.5, 25);
  const second = await rig.start('retrain', root);
  const held = (await second.result()) as { promotion: string };
  const promotion = rig.handle(held.promotion);
  await promotion.executeUpdate('reject', { args: [{ by: 'ada', reason: 'no' }] });
  await promotion.result();
  handles.push(second, promotion);
  const histories = await Promise.all(
    handles.map(async (handle) => ({ workflowId: handle.workflowId, history: await handle.fetchHistory() })),
  );
  const codePath = fileURLToPath(new URL('../../dist/workflow-bundle.js', import.meta.url));
  const replayed: string[] = [];
  for await (const result of Worker.runReplayHistories({ workflowBundle: { codePath } }, histories)) {
    expect(result.error).toBeUndefined();
    replayed.push(result.workflowId);
  }
  expect(replayed).toHaveLength(3);
});
