import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { evaluationConfigSchema, type UserCode } from '../../../configs/index.js';
import type { Row } from '../../../finetuning/data/index.js';
import { evaluate } from '../../../finetuning/evaluation/index.js';
import { naiveBayes } from '../evaluation/naive-bayes.js';

const rows = Array.from({ length: 30 }, (_, n) => ({
  id: `${n}`,
  text: n % 4 === 0 ? 'word' : ['sea', 'hill', 'town'][n % 3],
  label: ['sea', 'hill', 'town'][n % 3],
  author: n < 10 ? 'first' : 'second',
})) as Row[];

type Figures = Record<'base' | 'finetuned', Record<string, number | null>>;

async function run(
  files: Readonly<Record<string, string>>,
  metrics: UserCode[],
): Promise<{ readonly figures: Figures; readonly report: string }> {
  const root = mkdtempSync(join(tmpdir(), 'reprise-metric-'));
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const data = { 'data/finetuning/train.jsonl': lines, 'data/finetuning/test.jsonl': lines };
  for (const [path, text] of Object.entries({ ...data, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const contender = (seen: Row[]) => (labels: readonly string[]) => ({
    description: '',
    open: async () => naiveBayes(seen, labels),
  });
  const config = evaluationConfigSchema.parse({ batch_size: 8, worst_errors: 3, metrics });
  const places = { locate: (path: readonly unknown[]) => ({ file: 'params.yaml', source: path.join('.') }) };
  await evaluate({ root, name: 'any', config, places, base: contender([]), finetuned: contender(rows) });
  return {
    figures: JSON.parse(readFileSync(join(root, 'metrics.json'), 'utf8')) as Figures,
    report: readFileSync(join(root, 'reports/report.html'), 'utf8'),
  };
}

const SHARE = `export const createMetric = ({ author }) => async (rows) => {
  const asked = rows.filter((row) => row.author === author);
  if (rows.some(({ id, text, confidence }) => !id || !text || !(confidence > 0 && confidence <= 1)))
    throw new Error('a row lacks something');
  return asked.length === 0 ? null : asked.filter(({ label, prediction }) => label === prediction).length / asked.length;
};`;

describe('metrics of the project', () => {
  it('are asked for both models, with the rows and their fields, and stand in metrics.json and the report', async () => {
    const files = { 'src/metrics/first-author.mjs': SHARE, 'src/metrics/nobody.mjs': SHARE };
    const { figures, report } = await run(files, [
      { use: 'src/metrics/first-author.mjs', with: { author: 'first' } },
      { use: 'src/metrics/nobody.mjs', with: { author: 'nobody' } },
    ]);
    // Three of the ten first texts say 'word', one of each label; the others say their label.
    expect(figures.finetuned).toMatchObject({ first_author: 0.8, nobody: null });
    // What has seen nothing gives all labels the same share, and so says the first of them, hill: three of the ten.
    expect(figures.base.first_author).toBe(0.3);
    expect(report).toContain('first_author');
    expect(report).toContain('By the project’s own metrics.');
  });

  it('leave no trace where there are none', async () => {
    expect((await run({}, [])).report).not.toContain('own metrics');
  });

  it.each([
    ['m.mjs', {}, /there is no such file/],
    ['m.mjs', { 'm.mjs': 'export const metric = 1;' }, /exports no function createMetric/],
    ['m.mjs', { 'm.mjs': 'export const createMetric = () => 5;' }, /gives no function of the rows/],
    [
      'accuracy.mjs',
      { 'accuracy.mjs': 'export const createMetric = () => () => 1;' },
      /has a figure accuracy already/,
    ],
  ])('are refused: %s %j', async (path, files, message) => {
    await expect(run(files, [path])).rejects.toMatchObject({
      code: 'bad-metric',
      message: expect.stringMatching(message) as string,
    });
  });

  it('are located where they are named', async () => {
    await expect(run({}, ['m.mjs'])).rejects.toMatchObject({
      at: { file: 'params.yaml', source: 'metrics.0' },
    });
  });

  it('of one name are one too many', async () => {
    const files = { 'a/m.mjs': SHARE, 'b/m.mjs': SHARE };
    await expect(run(files, ['a/m.mjs', 'b/m.mjs'])).rejects.toMatchObject({
      code: 'bad-metric',
      message: expect.stringContaining('there is a metric m already') as string,
    });
  });

  it.each([
    ['() => { throw new Error("oh no"); }', 'the metric m failed: oh no'],
    ['() => "high"', 'the metric m gives no number'],
    ['() => Infinity', 'the metric m gives no number'],
  ])('that fail are named: %s', async (metric, message) => {
    const files = { 'm.mjs': `export const createMetric = () => ${metric};` };
    await expect(run(files, ['m.mjs'])).rejects.toMatchObject({ code: 'metric-failed', message });
  });
});
