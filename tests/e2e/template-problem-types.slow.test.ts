import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { describeWithDvc, dvc } from '../dvc/state/real-dvc.js';
import { install, runIn } from '../rig/installed.js';
import { hasNotebooks, picturesOf, runNotebooks, textOf } from '../rig/notebooks.js';
import { endAll, reprise } from '../rig/reprise.js';

const FIXTURES = 'tests/finetuning/fixtures';
const succeeded = { code: 0 };
const WORDS = ['sea', 'hill', 'town', 'bird', 'tool', 'lamp'];

/** A text of three words: its label is a number that follows from them, or which of two words it has. */
const ROWS = {
  regression: (words: readonly string[]) => ({ label: words.filter((word) => word === 'sea').length / 2 }),
  multi_label_classification: (words: readonly string[]) => ({
    labels: ['sea', 'hill'].filter((name) => words.includes(name)),
  }),
};

/** Pictures of each notebook. */
const PICTURES = {
  regression: {
    '01_data_exploration': 2,
    '02_baseline_model': 1,
    '03_finetuning_experiments': 3,
    '04_model_comparison': 3,
  },
  multi_label_classification: {
    '01_data_exploration': 3,
    '02_baseline_model': 1,
    '03_finetuning_experiments': 3,
    '04_model_comparison': 4,
  },
} as const;

const suite = (problem: keyof typeof ROWS) => (): void => {
  let root: string;
  beforeAll(async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'template-problem-')));
    root = join(folder, 'project');
    const rows = Array.from({ length: 120 }, (_, row) => {
      const words = [1, 7, 31].map((step) => WORDS[Math.floor((row * step) / 5) % WORDS.length] as string);
      return JSON.stringify({ id: `${row}`, text: `${words.join(' ')} ${row}`, ...ROWS[problem](words) });
    });
    writeFileSync(join(folder, 'rows.jsonl'), `${rows.join('\n')}\n`);
    const args = ['init', root, '--data', join(folder, 'rows.jsonl'), '--problem-type', problem];
    expect(await reprise(args, folder)).toMatchObject(succeeded);
    for (const path of ['bert-tiny/model', 'tokenizer-tiny'])
      cpSync(join(FIXTURES, path), join(root, 'model'), { recursive: true });
    const path = join(root, 'params.yaml');
    const params = parseDocument(readFileSync(path, 'utf8'));
    const turned = {
      model_name: 'model',
      model_revision: 'main',
      batch_size: 8,
      max_steps: 6,
      eval_steps: 3,
      logging_steps: 2,
    };
    for (const [key, value] of Object.entries(turned)) params.setIn(['finetuning', key], value);
    writeFileSync(path, params.toString());
    install(root);
  });
  afterEach(endAll);
  afterAll(() => rmSync(join(root, '..'), { recursive: true, force: true }));

  it('runs from data to figures, and names the plots that such a model has', async () => {
    const { code, stderr } = await reprise(['repro'], root);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('names plots')]);
    const metrics = JSON.parse(readFileSync(join(root, 'metrics.json'), 'utf8')) as {
      readonly problem_type: string;
      readonly test_rows: number;
      readonly finetuned: Readonly<Record<string, number>>;
      readonly compared: { readonly finetuned_over_base: Readonly<Record<string, unknown>> };
    };
    expect([metrics.problem_type, metrics.test_rows]).toEqual([problem, 18]);
    const own = problem === 'regression' ? 'concordance' : 'jaccard';
    expect(metrics.finetuned[own]).toEqual(expect.any(Number));
    if (problem === 'regression') expect(metrics.compared.finetuned_over_base).toHaveProperty('spearman');
    const plots = await dvc(['plots', 'show', '--json'], root);
    const { errors, data } = JSON.parse(plots.stdout) as { errors?: unknown; data: object };
    expect([plots.code, plots.stderr, errors, Object.keys(data)]).toEqual([
      0,
      '',
      undefined,
      ['plots/answers.json'],
    ]);
    expect((await dvc(['status'], root)).stdout).toMatch(/up to date/);
  });

  // A question of numbers alone: the fixture's column of labels is one of numbers.
  if (problem === 'regression')
    it('answers the rows of a .parquet with numbers', async () => {
      cpSync(join(FIXTURES, 'parquet/snappy.parquet'), join(root, 'asked.parquet'));
      const asked = await reprise(['predict', '--input', 'asked.parquet', '--output', 'answers.jsonl'], root);
      expect([asked.stderr, asked.code]).toEqual([expect.any(String), 0]);
      expect(asked.stdout).toContain('answers.jsonl: 300 rows');
      const lines = readFileSync(join(root, 'answers.jsonl'), 'utf8').trim().split('\n');
      const rows = lines.map(
        (line) => JSON.parse(line) as { readonly id: string; readonly prediction: unknown },
      );
      expect(rows.map(({ prediction }) => typeof prediction)).toEqual(Array(300).fill('number'));
      expect(rows.at(-1)).toMatchObject({ id: '300', label: 2 });
      rmSync(join(root, 'asked.parquet'));
      rmSync(join(root, 'answers.jsonl'));
    });

  (hasNotebooks ? it : it.skip)('shows in its notebooks what was made, as the figures have it', async () => {
    const shown = await runNotebooks(root);
    expect(Object.entries(shown).map(([name, outputs]) => [name, picturesOf(outputs).length])).toEqual(
      Object.entries(PICTURES[problem]),
    );
    const read = <T>(path: string): T => JSON.parse(readFileSync(join(root, path), 'utf8')) as T;
    const first = problem === 'regression' ? 'rmse' : 'micro_f1';
    const { base, finetuned } = read<Record<'base' | 'finetuned', Record<string, number>>>('metrics.json');
    const said = (value: number | undefined): number => Number(value?.toPrecision(4));
    const baseline = textOf(shown['02_baseline_model']);
    expect(baseline).toContain(`untrained: ${said(base[first])}\nfinetuned: ${said(finetuned[first])}`);
    // The words say it all, and so does what counts them.
    const words = Number(/^(?:words|naive Bayes): (.+)$/m.exec(baseline)?.[1]);
    const nothing = Number(/^(?:always the mean|every label): (.+)$/m.exec(baseline)?.[1]);
    expect(problem === 'regression' ? nothing - words : words - nothing).toBeGreaterThan(0.1);
    const comparison = textOf(shown['04_model_comparison']);
    expect(comparison).toMatch(
      new RegExp(`^${first} +${base[first]?.toFixed(4)} +${finetuned[first]?.toFixed(4)}$`, 'm'),
    );
    const kinds =
      problem === 'regression'
        ? /^(?:finetuned|base|both alike): (\d+)$/gm
        : /^(?:all right|some are missing|some are too many|both): (\d+)$/gm;
    const counted = [...comparison.matchAll(kinds)].reduce((sum, [, rows]) => sum + Number(rows), 0);
    expect(counted).toBe(18);
  });

  it('passes the check of its types, and its tests', async () => {
    expect(await runIn(root, 'npm', ['run', 'types'])).toMatchObject(succeeded);
    const { code, output } = await runIn(root, 'npm', ['test']);
    expect([code, output]).toEqual([0, expect.stringMatching(/skipped 0\b/)]);
  });

  it('is told which plots dvc.yaml names, and the model does not have', async () => {
    const file = join(root, 'dvc.yaml');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('plots/answers.json', 'plots/confusion_matrix.csv'),
    );
    const { code, stderr } = await reprise(['evaluate'], root);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(
        'dvc.yaml names plots that this model does not have: plots/confusion_matrix.csv.',
      ),
    ]);
  });
};

describeWithDvc('a project for numbers', suite('regression'));
describeWithDvc('a project for any number of labels', suite('multi_label_classification'));
