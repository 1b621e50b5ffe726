import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { parseDocument } from 'yaml';
import { describeWithDvc, dvc } from '../dvc/state/real-dvc.js';
import { endAll, outcomesOf, reprise } from '../rig/reprise.js';

/** Five stages of a tiny model, each a process of its own. */
jest.setTimeout(600_000);
afterEach(endAll);

const FIXTURES = 'tests/finetuning/fixtures';
const BERT = ['bert-tiny/model', 'tokenizer-tiny'];
const GPT2 = ['gpt2-tiny/model', 'gpt2-tiny/tokenizer'];
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'template-heads-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const WORDS = ['mammal', 'capital', 'finance', 'cafe', 'kind', 'of', 'the', 'angstrom'];
const words = (n: number, step: number): string =>
  Array.from({ length: 2 + ((n * step) % 5) }, (_, at) => WORDS[(n * step + at * 3) % WORDS.length]).join(
    ' ',
  );
const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const numbers = Array.from({ length: 60 }, (_, n) => n);

/** Sets values of a YAML file by their paths; undefined takes one away. */
function turn(path: string, values: Readonly<Record<string, unknown>>): void {
  const file = parseDocument(readFileSync(path, 'utf8'));
  for (const [key, value] of Object.entries(values))
    if (value === undefined) file.deleteIn(key.split('.'));
    else file.setIn(key.split('.'), file.createNode(value));
  writeFileSync(path, file.toString());
}

interface Head {
  readonly name: string;
  readonly task: 'text-classification' | 'causal-lm';
  readonly file: string;
  readonly content: string;
  readonly preprocessing: Readonly<Record<string, unknown>>;
  readonly finetuning?: Readonly<Record<string, unknown>>;
}

/** A project whose raw data is this file, brought from it to a report by its stages. */
async function project(head: Head): Promise<string> {
  const root = join(folder, head.name);
  const data = join(folder, head.file);
  writeFileSync(data, head.content);
  const args = ['init', root, '--task', head.task, '--data', data, '--no-commit'];
  expect((await reprise(args, folder)).code).toBe(0);
  const isText = head.task === 'text-classification';
  for (const from of isText ? BERT : GPT2)
    cpSync(join(FIXTURES, from), join(root, 'model'), { recursive: true });
  turn(join(root, 'configs/data_config.yaml'), {
    ...Object.fromEntries(
      Object.entries(head.preprocessing).map(([key, value]) => [`preprocessing.${key}`, value]),
    ),
    'preparation.split': { by: 'row', test: 0.2, val: 0.2 },
  });
  turn(join(root, 'params.yaml'), {
    'data_config.preprocessing.min_characters': 1,
    'data_config.preparation.max_train_rows': null,
    'finetuning.model_name': 'model',
    'finetuning.model_revision': 'main',
    'finetuning.num_epochs': 1,
    'finetuning.max_steps': 4,
    'finetuning.eval_steps': 4,
    'finetuning.max_length': 48,
    ...head.finetuning,
  });
  return root;
}

async function reproduced(root: string): Promise<Record<string, Record<string, unknown>>> {
  const end = await reprise(['repro', '--json'], root);
  // Its last events say what was wrong.
  expect([end.code, end.code === 0 ? '' : end.stdout.slice(-3000)]).toEqual([0, '']);
  expect(Object.values(outcomesOf(end))).toEqual(['ran', 'ran', 'ran', 'ran', 'ran']);
  expect((await dvc(['status'], root)).stdout).toMatch(/up to date/);
  return JSON.parse(readFileSync(join(root, 'metrics.json'), 'utf8')) as Record<
    string,
    Record<string, unknown>
  >;
}

const firstRow = (root: string): Record<string, unknown> =>
  JSON.parse(
    readFileSync(join(root, 'data/finetuning/train.jsonl'), 'utf8').split('\n')[0] as string,
  ) as Record<string, unknown>;

const report = (root: string): string => readFileSync(join(root, 'reports/report.html'), 'utf8');

describeWithDvc('the template', () => {
  it('learns numbers of pairs of texts from a table', async () => {
    const root = await project({
      ...{ name: 'numbers', task: 'text-classification', file: 'pairs.csv' },
      content: [
        'left,right,score',
        ...numbers.map((n) => `${words(n, 3)} ${n},${words(n, 5)},${(n % 7) / 2}`),
        '',
      ].join('\n'),
      preprocessing: {
        fields: { text: 'left', text_pair: 'right', label: 'score' },
        number: { min: 0, max: 3 },
      },
      finetuning: { 'finetuning.problem_type': 'regression' },
    });
    const metrics = await reproduced(root);
    expect(firstRow(root)).toMatchObject({ text_pair: expect.any(String), label: expect.any(Number) });
    expect(metrics['finetuned']).toMatchObject({ rmse: expect.any(Number), r2: expect.any(Number) });
    expect(metrics['compared']).toMatchObject({ finetuned_over_base: { rmse: { low: expect.any(Number) } } });
    expect(report(root)).toContain('Residuals');
  });

  it('learns any number of labels from a table', async () => {
    const root = await project({
      ...{ name: 'labels', task: 'text-classification', file: 'tags.csv' },
      content: [
        'text,tags',
        ...numbers.map((n) => {
          const text = `${words(n, 3)} ${n}`;
          const tags = ['mammal', 'cafe', 'finance'].filter((word) => text.includes(word));
          return `${text},${tags.join('|')}`;
        }),
        '',
      ].join('\n'),
      preprocessing: { fields: { text: 'text', labels: 'tags' }, separator: '|' },
      finetuning: { 'finetuning.problem_type': 'multi_label_classification' },
    });
    const metrics = await reproduced(root);
    expect(firstRow(root)).toMatchObject({ labels: expect.any(Array) });
    expect(metrics['finetuned']).toMatchObject({ samples_f1: expect.any(Number) });
    expect(report(root)).toContain('Label by label');
  });

  it('learns to follow instructions', async () => {
    const root = await project({
      ...{ name: 'instructions', task: 'causal-lm', file: 'instructions.jsonl' },
      content: lines(
        numbers.map((n) => ({
          ...{ instruction: `say ${n}`, output: `${words(n, 5)}` },
          input: n % 2 ? words(n, 3) : '',
        })),
      ),
      preprocessing: {
        fields: { prompt: 'instruction', context: 'input', completion: 'output' },
        prompt_template: '{prompt}\n\n{context}\n\n->\n',
      },
    });
    const metrics = await reproduced(root);
    expect(firstRow(root)).toMatchObject({ prompt: expect.stringMatching(/^say .*->\n$/s) });
    expect(metrics['finetuned']).toMatchObject({ perplexity: expect.any(Number), chrf: expect.any(Number) });
    expect(metrics['compared']).toMatchObject({
      finetuned_over_base: { bits_per_byte: { low: expect.any(Number) }, chrf: { high: expect.any(Number) } },
    });
  });

  it('learns to answer in conversations', async () => {
    const root = await project({
      ...{ name: 'chats', task: 'causal-lm', file: 'chats.jsonl' },
      content: lines(
        numbers.map((n) => ({
          conversations: [
            { from: 'human', value: `say ${n}` },
            { from: 'gpt', value: words(n, 5) },
          ],
        })),
      ),
      preprocessing: { fields: { messages: 'conversations' } },
    });
    writeFileSync(
      join(root, 'model/chat_template.jinja'),
      "{% for message in messages %}{{ message['role'][0] + ': ' + message['content'] + '\\n' }}{% endfor %}{% if add_generation_prompt %}a: {% endif %}",
    );
    const metrics = await reproduced(root);
    expect(firstRow(root)).toMatchObject({
      messages: [{ role: 'user', content: expect.any(String) }, { role: 'assistant' }],
    });
    expect(metrics['finetuned']).toMatchObject({ perplexity: expect.any(Number) });
  });
});
