import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RetrainState } from '../../../workflows/index.js';
import { writeFiles } from '../../rig/project.js';
import { RetrainRig, production } from '../../rig/retrain-runs.js';
import { newData, retrainingProject, testSet } from '../../rig/retraining.js';
import { failureOf, untilState } from '../../rig/runs.js';

let rig: RetrainRig;
beforeAll(async () => {
  rig = await RetrainRig.start();
});
afterAll(async () => {
  await rig?.end();
});

describe('retrain', () => {
  it('promotes the first model, does nothing without new data, promotes a better and rejects a worse one', async () => {
    const root = retrainingProject(rig.served);
    expect(await rig.retrain(root)).toMatchObject({
      outcome: 'promoted',
      version: 1,
      judged: { judgement: { verdict: 'first' } },
    });
    expect(readFileSync(join(root, 'final/model_v1/weights'), 'utf8')).toBe('0.5 0\n');
    expect(await rig.retrain(root)).toMatchObject({ outcome: 'unchanged', version: 1 });
    expect(readFileSync(join(root, 'trained'), 'utf8')).toBe('run\n');

    newData(root, 0.8);
    const better = await rig.retrain(root);
    expect(better).toMatchObject({
      outcome: 'promoted',
      version: 2,
      judged: { judgement: { verdict: 'better', comparison: { production: 1, rows: 400 } } },
    });
    expect(production(root)).toMatchObject({ version: 2, previous: 1, promoted: { by: 'reprise' } });

    newData(root, 0.3);
    expect(await rig.retrain(root)).toMatchObject({
      outcome: 'rejected',
      version: 2,
      judged: { judgement: { verdict: 'worse' } },
    });
    expect(production(root)).toMatchObject({ version: 2 });
    expect(existsSync(join(root, 'final/model_v3'))).toBe(false);
    // Nothing new: what was rejected is not judged again.
    expect(await rig.retrain(root)).toMatchObject({ outcome: 'unchanged', version: 2 });
    // Back to what is in production already.
    newData(root, 0.8);
    expect(await rig.retrain(root)).toMatchObject({ outcome: 'unchanged', version: 2 });
  });

  it('asks the model in production again when the test rows have changed, and a person when it cannot', async () => {
    const root = retrainingProject(rig.served);
    await rig.retrain(root);
    newData(root, 0.9);
    writeFiles(root, { 'test.jsonl': testSet(300) });
    const held = await rig.retrain(root);
    expect(held).toMatchObject({ outcome: 'held', judged: { judgement: { verdict: 'incomparable' } } });
    expect(held.judged?.judgement.reasons[0]).toMatch(/^the test set has 300 rows, and had 400/);

    const { runId } = await rig.handle(held.promotion).describe();
    const predict = 'node evaluate.mjs "$REPRISE_MODEL" "$REPRISE_PREDICTIONS"';
    const asked = await rig.retrain(root, { predict });
    expect(asked).toMatchObject({
      outcome: 'promoted',
      version: 2,
      judged: { judgement: { comparison: { rows: 300, accuracy: { production: 0.5, candidate: 0.9 } } } },
    });
    // The one that waited has given way.
    expect(await rig.handle(held.promotion, runId).result()).toMatchObject({ outcome: 'superseded' });

    newData(root, 0.95);
    writeFiles(root, { 'test.jsonl': testSet(200) });
    const failure = await failureOf(rig.retrain(root, { predict: 'echo no such model >&2; exit 4' }));
    expect(failure.cause?.message).toMatch(/the predict command.* exit code 4[^]*no such model/);
  });

  it('fails with the stage that failed, and tells what is wrong with its input and its settings', async () => {
    const root = retrainingProject(rig.served);
    writeFiles(root, { source: 'x\n' });
    const broken = retrainingProject(rig.served, '  minGain: much\n');
    const missing = retrainingProject(rig.served);
    const failed = await failureOf(rig.retrain(missing, { ingest: ['nothing'] }));
    expect(failed.message).toMatch(/nothing/);
    expect(await failureOf(rig.retrain(root, { model: '../elsewhere' }))).toMatchObject({
      type: 'InvalidInput',
      details: [{ field: 'model' }],
    });
    expect(await failureOf(rig.retrain(root, { aproval: 'auto' } as object))).toMatchObject({
      type: 'InvalidInput',
      details: [{ field: 'aproval' }],
    });
    const setting = (await failureOf(rig.retrain(broken))).cause as Error;
    expect(setting.message).toMatch(/^\.reprise\/config\.yaml:5:\d+: retrain\.minGain/);
    const stage = await failureOf(
      rig.retrain(retrainingProject(rig.served), {
        ingest: [],
        targets: ['evaluate'],
        predictions: 'none.jsonl',
      }),
    );
    expect((stage.cause ?? stage).message).toMatch(/none\.jsonl is not there/);
  });

  it('takes new data that arrives while it runs into one more round, whatever the signal holds', async () => {
    const root = retrainingProject(rig.served);
    writeFiles(root, {
      'dvc.yaml': readFileSync(join(root, 'dvc.yaml'), 'utf8').replace(
        'cat ./source > data',
        'cat ./source > data; sleep 1',
      ),
    });
    const handle = await rig.start('retrain', root, { debounce: 1 });
    await handle.signal('newData');
    await untilState<RetrainState>(handle, () => existsSync(join(root, 'data')));
    newData(root, 0.9);
    for (const garbage of [{ any: ['thing'] }, 'text', null, 7]) await handle.signal('newData', garbage);
    const result = await handle.result();
    expect(result).toMatchObject({ outcome: 'promoted', version: 2 });
    expect(readFileSync(join(root, 'trained'), 'utf8')).toBe('run\nrun\n');
  });

  it('updates what is imported from a folder when a round begins', async () => {
    const root = retrainingProject(rig.served);
    const pipeline = readFileSync(join(root, 'dvc.yaml'), 'utf8');
    const outside = retrainingProject(rig.served);
    writeFiles(root, { 'dvc.yaml': pipeline.replace(/^ {2}fetch: .*\n/m, '') });
    const dvc = (...args: string[]): string =>
      execFileSync(process.env['REPRISE_TEST_DVC'] ?? 'dvc', args, { cwd: root, encoding: 'utf8' });
    dvc('import-url', join(outside, 'source'), 'data');
    expect(await rig.retrain(root)).toMatchObject({ outcome: 'promoted', version: 1 });
    expect(await rig.retrain(root)).toMatchObject({ outcome: 'unchanged', version: 1 });
    newData(outside, 0.8);
    expect(await rig.retrain(root)).toMatchObject({ outcome: 'promoted', version: 2 });
    expect(readFileSync(join(root, 'data'), 'utf8')).toBe('0.8 0\n');
    const imported = readFileSync(join(root, 'data.dvc'), 'utf8');
    dvc('update', 'data.dvc');
    expect(readFileSync(join(root, 'data.dvc'), 'utf8')).toBe(imported);
    expect(JSON.parse(dvc('status', '--json'))).toEqual({});
    // What somebody made of it stays.
    writeFiles(root, { data: '0.9 0\n' });
    newData(outside, 0.7);
    const failure = await failureOf(rig.retrain(root));
    expect(failure.message).toMatch(/data was imported, and changed here since/);
    expect(readFileSync(join(root, 'data'), 'utf8')).toBe('0.9 0\n');
  });

  it('waits for another run of the project, and is shown by its search attributes, memo and details', async () => {
    const root = retrainingProject(rig.served);
    const handle = await rig.start('retrain', root);
    expect(await handle.result()).toMatchObject({ outcome: 'promoted' });
    const description = await handle.describe();
    expect(description.searchAttributes).toMatchObject({ RepriseStatus: ['promoted'] });
    expect(description.memo).toMatchObject({ outcome: 'promoted', version: 1 });
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(currentDetails).toMatch(/no model is in production yet/);
  });
});
