import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithDvc, dvc } from '../dvc/state/real-dvc.js';
import { tinyProject } from '../finetuning/training/tiny-project.js';
import { endAll, reprise } from '../rig/reprise.js';

afterEach(endAll);

/** The last two stages of the template: what they are called and make is what a retraining expects by default. */
const PIPELINE = `stages:
  finetune_model:
    cmd: reprise finetune
    deps: [data/finetuning/train.jsonl, data/finetuning/val.jsonl]
    params: [finetuning]
    outs: [models/checkpoints]
  evaluate_model:
    cmd: reprise evaluate
    deps: [data/finetuning/test.jsonl, data/finetuning/train.jsonl, models/checkpoints/best_model]
    outs: [reports]
    metrics: [{metrics.json: {cache: false}}]
`;

const PARAMS = 'finetuning:\n  preset: tiny\nevaluation:\n  batch_size: 8\n  worst_errors: 3\n';

describeWithDvc('a project of reprise init', () => {
  it('is retrained without a setting, and its model in production is asked again when the test rows change', async () => {
    const root = tinyProject({
      'params.yaml': PARAMS,
      'dvc.yaml': PIPELINE,
      '.dvc/config': '[core]\n    no_scm = True\n',
    });
    const test = join(root, 'data/finetuning/test.jsonl');
    copyFileSync(join(root, 'data/finetuning/val.jsonl'), test);
    const first = await reprise(['retrain'], root);
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('promoted: version 1') });
    expect(existsSync(join(root, 'models/final/model_v1/adapter_model.safetensors'))).toBe(true);

    // Fewer rows to train on, and other rows to be judged by.
    const rows = readFileSync(test, 'utf8').trim().split('\n');
    writeFileSync(test, `${rows.slice(0, 24).join('\n')}\n`);
    const train = join(root, 'data/finetuning/train.jsonl');
    const trained = readFileSync(train, 'utf8').trim().split('\n');
    writeFileSync(train, `${trained.slice(0, 60).join('\n')}\n`);
    const second = await reprise(['retrain', '--json'], root);
    expect([second.stderr, second.code]).toEqual(['', 0]);
    const end = JSON.parse(second.stdout.trim().split('\n').at(-1) as string) as object;
    expect(end).toMatchObject({
      event: 'end',
      outcome: expect.stringMatching(/^(held|promoted|rejected)$/),
      judged: { judgement: { comparison: { production: 1, rows: 24 } } },
    });
    expect((await dvc(['status'], root)).stdout).toMatch(/up to date/);
  });
});
