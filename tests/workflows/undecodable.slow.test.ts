import { randomUUID } from 'node:crypto';
import type { PromoteState, RetrainState } from '../../workflows/index.js';
import { writeFiles } from '../rig/project.js';
import { RetrainRig } from '../rig/retrain-runs.js';
import { retrainingProject } from '../rig/retraining.js';
import { failureOf, untilState } from '../rig/runs.js';

let rig: RetrainRig;
beforeAll(async () => {
  rig = await RetrainRig.start();
});
afterAll(async () => {
  await rig?.end();
});

/** What no converter can read. */
const garbage = {
  payloads: [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{"by": ') }],
};

const place = (workflowId: string) => ({
  namespace: rig.env.namespace ?? 'default',
  workflowExecution: { workflowId },
});

async function signal(workflowId: string, signalName: string): Promise<void> {
  const { workflowService } = rig.env.client;
  await workflowService.signalWorkflowExecution({ ...place(workflowId), signalName, input: garbage });
}

describe('bytes that are no JSON', () => {
  it('stop no workflow when they come with a signal or an update, and are no input', async () => {
    const root = retrainingProject(rig.served);
    const retraining = await rig.start('retrain', root, { debounce: 3 });
    await signal(retraining.workflowId, 'newData');
    await untilState<RetrainState>(retraining, ({ pending }) => pending > 0);
    expect(await retraining.result()).toMatchObject({ outcome: 'promoted' });

    const promotion = await rig.start('promote', root, { approval: 'always', onWorse: 'hold' });
    await untilState<PromoteState>(promotion, ({ status }) => status === 'waiting');
    const { outcome } = await rig.env.client.workflowService.updateWorkflowExecution({
      ...place(promotion.workflowId),
      request: { meta: { updateId: randomUUID() }, input: { name: 'approve', args: garbage } },
      waitPolicy: { lifecycleStage: 3 },
    });
    expect(outcome?.failure?.message).toMatch(/\S/);
    expect(await promotion.query<PromoteState>('state')).toMatchObject({ status: 'waiting' });
    await signal(promotion.workflowId, 'supersede');
    expect(await promotion.result()).toMatchObject({ outcome: 'superseded' });

    const workflowId = randomUUID();
    await rig.env.client.workflowService.startWorkflowExecution({
      namespace: rig.env.namespace ?? 'default',
      workflowId,
      requestId: randomUUID(),
      workflowType: { name: 'retrain' },
      taskQueue: { name: 'reprise' },
      input: garbage,
    });
    expect(await failureOf(rig.handle(workflowId).result())).toMatchObject({ type: 'InvalidInput' });
  });

  it('nor does a progress signal that is none stop a run of stages', async () => {
    const root = retrainingProject(rig.served);
    writeFiles(root, { 'dvc.yaml': 'stages:\n  slow: {cmd: sleep 2; echo x > x, outs: [x]}\n' });
    const handle = await rig.env.client.workflow.start('reproduce', {
      taskQueue: 'reprise',
      workflowId: randomUUID(),
      args: [{ workspace: { kind: 'path', path: root } }],
    });
    await signal(handle.workflowId, 'progress');
    for (const given of [null, 'text', { address: 'slow', metrics: { loss: 'low' }, attempt: 1, host: 'h' }])
      await handle.signal('progress', given);
    expect(await handle.result()).toMatchObject({ stages: [{ outcome: 'ran' }] });
  });
});
