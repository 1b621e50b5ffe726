import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { parseDocument } from 'yaml';
import { describeWithDvc, dvc } from '../dvc/state/real-dvc.js';
import { preprocessorConfig } from '../finetuning/training/tiny-pictures.js';
import { install, runIn } from '../rig/installed.js';
import { hasNotebooks, picturesOf, runNotebooks, textOf } from '../rig/notebooks.js';
import { endAll, outcomesOf, reprise } from '../rig/reprise.js';

/** The template's own data is fetched, and four stages are run. */
jest.setTimeout(600_000);
afterEach(endAll);

const FIXTURES = 'tests/finetuning/fixtures';
const DATA_STAGES = ['ingest', 'preprocess', 'prepare'];
const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

async function init(task: string): Promise<string> {
  const root = join(realpathSync(mkdtempSync(join(tmpdir(), 'template-task-'))), 'project');
  roots.push(root);
  expect((await reprise(['init', root, '--task', task, '--no-commit'], tmpdir())).code).toBe(0);
  return root;
}

/** Sets values of params.yaml by their paths. */
function turn(root: string, values: Readonly<Record<string, unknown>>): void {
  const path = join(root, 'params.yaml');
  const params = parseDocument(readFileSync(path, 'utf8'));
  for (const [key, value] of Object.entries(values)) params.setIn(key.split('.'), value);
  writeFileSync(path, params.toString());
}

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
const rows = (root: string, split: string): Record<string, string>[] =>
  readFileSync(join(root, `data/finetuning/${split}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>);

const metrics = (root: string): Record<string, Record<string, number>> =>
  JSON.parse(readFileSync(join(root, 'metrics.json'), 'utf8')) as Record<string, Record<string, number>>;

/** What the real dvc draws. */
async function plots(root: string): Promise<string[]> {
  const { code, stdout, stderr } = await dvc(['plots', 'show', '--json'], root);
  expect([stderr, code]).toEqual([expect.any(String), 0]);
  const { errors, data } = JSON.parse(stdout) as { errors?: unknown; data: object };
  expect(errors).toBeUndefined();
  return Object.keys(data);
}

/** The project's own check of its types, and its tests: none is skipped when there is a model. */
async function passesItsTests(root: string): Promise<void> {
  install(root);
  expect(await runIn(root, 'npm', ['run', 'types'])).toMatchObject({ code: 0 });
  const { code, output } = await runIn(root, 'npm', ['test']);
  expect([code, output]).toEqual([0, expect.stringMatching(/skipped 0\b/)]);
}

/** As torch would name the same: a model that takes a second to train. */
const small = {
  'finetuning.model_name': 'model',
  'finetuning.max_steps': 4,
  'finetuning.eval_steps': 4,
  'finetuning.num_epochs': 1,
};

it('text-classification has the rows that it always had', async () => {
  const root = await init('text-classification');
  for (const stage of DATA_STAGES) expect(await reprise(['data', stage], root)).toMatchObject({ code: 0 });
  const digests = ['train', 'val', 'test'].map((split) =>
    sha256(join(root, `data/finetuning/${split}.jsonl`)),
  );
  expect([sha256(join(root, 'data/processed/report.json')), ...digests]).toEqual([
    '557302b5762cbaf06f573f6f1097dd19e638376df1c7088c19e29f087d64cdc9',
    '933f4c92425214a75030f2c921a64d4eb90c62e14c73bb8acfee59e084e6287e',
    'a2200b9bf8509b19810eaa21f66b16692b2f5fedeccfbc1a84a8e4a5ffc39756',
    '389ca50fca06d46e92bdb6b2439857d155730de0db07534c8525e1a5c4db5bc5',
  ]);
});

describeWithDvc('the template of', () => {
  it('causal-lm trains on English prose', async () => {
    const root = await init('causal-lm');
    for (const folder of ['gpt2-tiny/model', 'gpt2-tiny/tokenizer'])
      cpSync(join(FIXTURES, folder), join(root, 'model'), { recursive: true });
    turn(root, { ...small, 'finetuning.max_length': 64, 'data_config.preparation.max_train_rows': 60 });
    const end = await reprise(['repro', '--json'], root);
    expect([end.stderr, end.code]).toEqual([expect.any(String), 0]);
    expect(Object.values(outcomesOf(end))).toEqual(['ran', 'ran', 'ran', 'ran', 'ran']);
    const [train, test] = [rows(root, 'train'), rows(root, 'test')];
    expect(train).toHaveLength(60);
    expect(train.every(({ text = '' }) => text.length >= 120 && !text.includes('Project Gutenberg'))).toBe(
      true,
    );
    expect(new Set(test.map(({ group }) => group)).size).toBe(3);
    expect(metrics(root).finetuned).toMatchObject({
      perplexity: expect.any(Number),
      hardest_tenth: expect.any(Number),
    });
    expect(await plots(root)).toContain('plots/bits_per_byte.json');
    expect(existsSync(join(root, 'models/checkpoints/best_model/adapter_model.safetensors'))).toBe(true);
    await passesItsTests(root);
    expect((await dvc(['status'], root)).stdout).toMatch(/up to date/);
    if (!hasNotebooks) return;
    const shown = await runNotebooks(root);
    expect(textOf(shown['02_baseline_model'])).toMatch(
      /^compressor: [\d.]+\nuntrained: [\d.]+\nfinetuned: [\d.]+$/m,
    );
    expect(textOf(shown['04_model_comparison'])).toMatch(/^perplexity /m);
    // Of four steps no training loss was logged: the validation's curve alone.
    expect(Object.values(shown).map((outputs) => picturesOf(outputs).length)).toEqual([2, 1, 1, 1]);
  });

  it('image-classification trains on handwritten digits', async () => {
    const root = await init('image-classification');
    cpSync(join(FIXTURES, 'resnet-tiny/model'), join(root, 'model'), { recursive: true });
    writeFileSync(join(root, 'model/preprocessor_config.json'), JSON.stringify(preprocessorConfig));
    turn(root, { ...small, 'finetuning.image_size': 20, 'data_config.preparation.max_train_rows': 60 });
    const end = await reprise(['repro', '--json'], root);
    expect([end.stderr, end.code]).toEqual([expect.any(String), 0]);
    expect(Object.values(outcomesOf(end))).toEqual(['ran', 'ran', 'ran', 'ran', 'ran']);
    const [train, test] = [rows(root, 'train'), rows(root, 'test')];
    expect([train.length, test.length]).toEqual([60, 359]);
    expect(new Set(test.map(({ label }) => label))).toEqual(new Set('0123456789'));
    expect(metrics(root).finetuned).toMatchObject({
      accuracy: expect.any(Number),
      cohens_kappa: expect.any(Number),
    });
    expect(await plots(root)).toContain('plots/confusion_matrix.csv');
    for (const { image = '' } of test) expect(existsSync(join(root, 'data/finetuning', image))).toBe(true);
    expect(existsSync(join(root, 'models/checkpoints/best_model/adapter_model.safetensors'))).toBe(true);
    await passesItsTests(root);
    expect((await dvc(['status'], root)).stdout).toMatch(/up to date/);
    if (!hasNotebooks) return;
    const shown = await runNotebooks(root);
    // Sixty digits are enough for their means to say something.
    expect(Number(/^nearest mean: ([\d.]+)$/m.exec(textOf(shown['02_baseline_model']))?.[1])).toBeGreaterThan(
      0.7,
    );
    expect(Object.values(shown).map((outputs) => picturesOf(outputs).length)).toEqual([1, 1, 1, 3]);
  });
});
