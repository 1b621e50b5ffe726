import type { PromoteResult, PromoteState } from '../../../workflows/index.js';
import { RetrainRig, production } from '../../rig/retrain-runs.js';
import { newData, retrainingProject } from '../../rig/retraining.js';
import { untilState } from '../../rig/runs.js';

let rig: RetrainRig;
beforeAll(async () => {
  rig = await RetrainRig.start();
});
afterAll(async () => {
  await rig?.end();
});

/** A project with a model in production, and another, as good, that waits. */
async function held(config = '', input: object = {}) {
  const root = retrainingProject(rig.served, config);
  await rig.retrain(root);
  newData(root, 0.5, 25);
  const result = await rig.retrain(root, input);
  expect(result).toMatchObject({ outcome: 'held', version: 1, judged: { judgement: { verdict: 'even' } } });
  return { root, promotion: rig.handle(result.promotion) };
}

const answer = (args: unknown[]) => ({ args: args as [unknown] });
const messageOf = (error: unknown): string => String((error as Error).cause ?? error);

describe('a held candidate', () => {
  it('is promoted by an approval, which is kept with who, when and why', async () => {
    const { root, promotion } = await held();
    // What is trained meanwhile is not what was judged.
    newData(root, 0.1);
    await (await rig.start('retrain', root, { approval: 'never' })).result();

    const decided = await promotion.executeUpdate('approve', answer([{ by: 'ada', reason: 'newer data' }]));
    expect(decided).toMatchObject({ answer: 'approve', by: 'ada', reason: 'newer data' });
    const result = (await promotion.result()) as PromoteResult;
    expect(result).toMatchObject({ outcome: 'promoted', version: 2, decided });
    expect(production(root)).toMatchObject({
      version: 2,
      promoted: { by: 'ada', reason: 'newer data', at: (decided as { at: string }).at },
      judgement: { verdict: 'even' },
    });
    expect((await promotion.describe()).memo).toMatchObject({ outcome: 'promoted', decided: { by: 'ada' } });
    await expect(
      promotion.executeUpdate('reject', answer([{ by: 'eve', reason: 'late' }])),
    ).rejects.toThrow();
  });

  it('stays out of production when it is rejected', async () => {
    const { root, promotion } = await held();
    await promotion.executeUpdate('reject', answer([{ by: 'bob', reason: 'no gain' }]));
    expect(await promotion.result()).toMatchObject({ outcome: 'rejected', decided: { by: 'bob' } });
    expect(production(root)).toMatchObject({ version: 1 });
    expect(await rig.retrain(root)).toMatchObject({ outcome: 'unchanged' });
  });

  it('refuses what is no answer, and takes the first that is', async () => {
    const { promotion } = await held();
    for (const [args, field] of [
      [[], 'the payload'],
      [['yes'], 'the payload'],
      [[null], 'the payload'],
      [[{ by: '', reason: 'x' }], 'by'],
      [[{ by: 'ada', reason: 5 }], 'reason'],
      [[{ by: 'ada', reason: 'x', more: 1 }], 'more'],
    ] as const) {
      const error = await promotion
        .executeUpdate('approve', answer([...args]))
        .catch((reason: unknown) => reason);
      expect(messageOf(error)).toContain(field);
    }
    await promotion.signal('supersede-wrong', { any: 1 });
    expect(await promotion.query<PromoteState>('state')).toMatchObject({ status: 'waiting' });
    const both = await Promise.allSettled(
      ['ada', 'eve'].map((by) => promotion.executeUpdate('approve', answer([{ by, reason: '' }]))),
    );
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await promotion.result()).toMatchObject({ outcome: 'promoted' });
  });

  it('is rejected when its time is over, after a reminder', async () => {
    const { root, promotion } = await held('  reminder: 1s\n  approvalTimeout: 2s\n');
    expect(await promotion.result()).toMatchObject({ outcome: 'expired' });
    expect(production(root)).toMatchObject({ version: 1 });
  });

  it('waits on when the project says so', async () => {
    const { promotion } = await held('  reminder: 0\n  approvalTimeout: 1s\n  onTimeout: hold\n');
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await promotion.executeUpdate('approve', answer([{ by: 'ada', reason: 'late, and fine' }]));
    expect(await promotion.result()).toMatchObject({ outcome: 'promoted', version: 2 });
  });

  it('does not replace a model that it was not compared with', async () => {
    const { root, promotion } = await held();
    // Promoted by hand, past the one that waits.
    newData(root, 0.9);
    const other = await rig.start('promote', root, { ...(await trained(root)), approval: 'never' });
    expect(await other.result()).toMatchObject({ outcome: 'promoted', version: 2 });
    await promotion.executeUpdate('approve', answer([{ by: 'ada', reason: '' }]));
    expect(await promotion.result()).toMatchObject({ outcome: 'stale' });
    expect(production(root)).toMatchObject({ version: 2, promoted: { by: 'reprise' } });
  });
});

async function trained(root: string): Promise<object> {
  await rig.env.client.workflow.execute('reproduce', {
    taskQueue: 'reprise',
    workflowId: `trained-${root}`,
    args: [{ workspace: { kind: 'path', path: root }, force: true }],
  });
  return {};
}

describe('promote', () => {
  it('judges by itself, and answers its state while it waits', async () => {
    const root = retrainingProject(rig.served);
    await trained(root);
    const handle = await rig.start('promote', root, { approval: 'always' });
    const state = await untilState<PromoteState>(handle, ({ status }) => status === 'waiting');
    expect(state).toMatchObject({
      judged: { production: 0, judgement: { verdict: 'first', decision: 'hold' } },
    });
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(currentDetails).toContain(`reprise runs approve ${handle.workflowId}`);
    await handle.executeUpdate('approve', answer([{ by: 'ada', reason: 'first' }]));
    expect(await handle.result()).toMatchObject({ outcome: 'promoted', version: 1 });
  });
});
