import { dataConfigSchema, type PreparationConfig, type TextsConfig } from '../../../configs/index.js';
import { prepare, preprocess } from '../../../finetuning/data/index.js';
import { jsonl, projectWith, records, rowsIn, type AnyRow } from './widened.js';

const SPLITS = ['train', 'val', 'test'] as const;

/** From raw files to the splits. */
async function through(
  files: Readonly<Record<string, string>>,
  more: Partial<TextsConfig>,
  {
    task = 'text-classification',
    ...preparation
  }: Partial<PreparationConfig> & {
    task?: 'text-classification' | 'causal-lm';
  } = {},
) {
  const root = projectWith(files);
  const report = await preprocess({ root, config: { ...records, ...more } });
  const config = { test_rows: 3, val_rows: 3, max_train_rows: null, ...preparation };
  const sizes = await prepare({ root, config, seed: 1, task });
  const rows = SPLITS.map((split) => rowsIn(root, `data/finetuning/${split}.jsonl`));
  return { root, report, sizes, rows: rows as [AnyRow[], AnyRow[], AnyRow[]] };
}

const table = (head: string, count: number, row: (n: number) => string): string =>
  [head, ...Array.from({ length: count }, (_, n) => row(n)), ''].join('\n');

describe('numbers', () => {
  const fields = { text: 'first', text_pair: 'second', label: 'score' };
  const csv = table('first,second,score', 20, (n) => `text ${n},"other, ${n}",${n / 4}`);

  it('of pairs of texts come from a table to the splits as numbers', async () => {
    const { report, sizes, rows } = await through(
      { 'pairs.csv': csv },
      { fields, number: { min: 0, max: 5 } },
      { report: true },
    );
    expect(report).toMatchObject({
      written: 20,
      labels: {},
      numbers: { lowest: 0, highest: 4.75, mean: 2.375 },
    });
    expect(sizes).toMatchObject({ train: 14, val: 3, test: 3, labels: [] });
    expect(Object.keys(rows[0][0] ?? {})).toEqual(['id', 'text', 'text_pair', 'label']);
    const numbers = rows.flat().map(({ text, label }) => [Number(String(text).split(' ')[1]) / 4, label]);
    for (const [expected, found] of numbers) expect(found).toBe(expected);
  });

  it('outside of what is allowed are an error that names the place, or dropped and counted', async () => {
    await expect(through({ 'pairs.csv': csv }, { fields, number: { max: 4 } })).rejects.toMatchObject({
      code: 'number-outside',
      at: { file: 'data/raw/pairs.csv', line: 19 },
      found: '4.25',
    });
    const number = { max: 4, outside: 'drop' } as const;
    const { report } = await through({ 'pairs.csv': csv }, { fields, number });
    expect(report).toMatchObject({ written: 17, dropped: { out_of_range: 3 } });
  });

  it.each(['high', '0x10', 'Infinity', '1,5'])('are not %s', async (wrong) => {
    const files = { 'rows.jsonl': jsonl([{ first: 'a', second: 'b', score: wrong }]) };
    await expect(through(files, { fields, number: {} })).rejects.toMatchObject({
      code: 'bad-number',
      at: { file: 'data/raw/rows.jsonl', line: 1 },
    });
  });

  it('that the same pair has twice contradict each other; the same halves elsewhere do not', async () => {
    const of = (first: string, second: string, score: number) => ({ first, second, score });
    const same = [of('a b', 'c', 1), of('A b.', 'c', 2), of('a', 'b c', 3), of('x', 'y', 4), of('x', 'y', 4)];
    const more = Array.from({ length: 12 }, (_, n) => of(`t ${n}`, 'u', n));
    const { report } = await through({ 'rows.jsonl': jsonl([...same, ...more]) }, { fields, number: {} });
    expect(report.dropped).toMatchObject({ conflicting: 2, duplicate: 1 });
    expect(report.written).toBe(14);
  });

  it('and names do not go together', async () => {
    const rows = [
      { id: '1', text: 'a', label: 3 },
      { id: '2', text: 'b', label: 'three' },
    ];
    const root = projectWith({ 'rows.jsonl': jsonl(rows) }, 'data/processed');
    const config = { test_rows: 1, val_rows: 1, max_train_rows: null };
    await expect(prepare({ root, config, seed: 1 })).rejects.toMatchObject({
      code: 'bad-row',
      at: { file: 'data/processed/rows.jsonl', line: 2 },
    });
  });
});

describe('several labels', () => {
  const fields = { text: 'text', labels: 'tags' };

  it('come from the cells of a table, mapped and each once', async () => {
    const csv = table('text,tags', 24, (n) => `text ${n},${['red; blue', 'blue;blue', '', 'green'][n % 4]}`);
    const { report, sizes, rows } = await through(
      { 'rows.csv': csv },
      { fields, separator: ';', label_map: { red: 'warm', blue: 'cold' }, unmapped: 'drop' },
    );
    expect(report).toMatchObject({ written: 24, labels: { cold: 12, warm: 6 } });
    expect(sizes).toMatchObject({ train: 18, labels: ['cold', 'warm'] });
    const of = (text: string) => rows.flat().find((row) => row.text === text)?.labels;
    expect([of('text 0'), of('text 1'), of('text 2'), of('text 3')]).toEqual([
      ['warm', 'cold'],
      ['cold'],
      [],
      [],
    ]);
  });

  it('come from lists, whose order does not make them differ', async () => {
    const rows = Array.from({ length: 12 }, (_, n) => ({ text: `text ${n}`, tags: ['a', 'b'].slice(n % 2) }));
    const twins = [{ text: 'text 0', tags: ['b', 'a'] }];
    const { report } = await through({ 'rows.jsonl': jsonl([...rows, ...twins]) }, { fields });
    expect(report).toMatchObject({ written: 12, dropped: { duplicate: 1, conflicting: 0 } });
  });

  it('of one cell need a separator', async () => {
    const files = { 'rows.csv': 'text,tags\na,red blue\n' };
    await expect(through(files, { fields })).rejects.toMatchObject({
      code: 'bad-labels',
      at: { file: 'data/raw/rows.csv', line: 2 },
    });
  });

  it('of which one is in no training row are refused', async () => {
    const rows = Array.from({ length: 9 }, (_, n) => ({ text: `text ${n}`, tags: [`only ${n}`] }));
    await expect(through({ 'rows.jsonl': jsonl(rows) }, { fields })).rejects.toMatchObject({
      code: 'label-not-in-train',
    });
  });
});

describe('for a language model', () => {
  it('instructions become prompts, with what they are about where there is something', async () => {
    const rows = Array.from({ length: 12 }, (_, n) => ({
      ...{ instruction: `Do ${n}`, output: `Done ${n}` },
      input: n % 2 ? `with ${n}` : '',
    }));
    const { rows: splits } = await through(
      { 'rows.jsonl': jsonl(rows) },
      {
        fields: { prompt: 'instruction', context: 'input', completion: 'output' },
        prompt_template: '### Instruction:\n{prompt}\n\n### Input:\n{context}\n\n### Response:\n',
      },
      { task: 'causal-lm' },
    );
    const all = splits.flat();
    const of = (n: number) => all.find(({ completion }) => completion === `Done ${n}`)?.prompt;
    expect(of(0)).toBe('### Instruction:\nDo 0\n\n### Response:\n');
    expect(of(1)).toBe('### Instruction:\nDo 1\n\n### Input:\nwith 1\n\n### Response:\n');
  });

  const talk = (n: number) => [
    { from: 'human', value: `Question ${n}` },
    { from: 'gpt', value: `Answer ${n}` },
  ];
  const fields = { messages: 'conversations' };

  it.each([
    ['lists', 'rows.jsonl', jsonl(Array.from({ length: 12 }, (_, n) => ({ conversations: talk(n) })))],
    [
      'the cells of a table',
      'rows.csv',
      table('conversations', 12, (n) => `"${JSON.stringify(talk(n)).replaceAll('"', '""')}"`),
    ],
  ])('conversations come from %s', async (_, name, content) => {
    const { rows } = await through({ [name]: content }, { fields }, { task: 'causal-lm' });
    const { messages } =
      rows.flat().find(({ messages }) => JSON.stringify(messages).includes('Question 7')) ?? {};
    expect(messages).toEqual([
      { role: 'user', content: 'Question 7' },
      { role: 'assistant', content: 'Answer 7' },
    ]);
  });

  it.each([
    [[{ from: 'narrator', value: 'x' }], /role is one of/],
    ['not a list', /not valid JSON/],
  ])('%j is no conversation', async (conversations, message) => {
    await expect(
      through({ 'rows.jsonl': jsonl([{ conversations }]) }, { fields }, { task: 'causal-lm' }),
    ).rejects.toMatchObject({
      code: 'bad-row',
      message: expect.stringMatching(message),
      at: { file: 'data/raw/rows.jsonl', line: 1 },
    });
  });
});

it.each([
  [{ fields: { text: 'a' }, number: {} }, 'number'],
  [{ fields: { text: 'a', label: 'b' }, number: { min: 2, max: 1 } }, 'number'],
  [{ fields: { text: 'a', label: 'b' }, number: {}, balance: { max_rows: 3 } }, 'balance'],
  [{ fields: { text: 'a', label: 'b' }, separator: ';' }, 'separator'],
  [{ fields: { text: 'a', label: 'b', labels: 'c' } }, 'fields'],
  [{ fields: { messages: 'a', text_pair: 'b' } }, 'fields'],
  [{ fields: { text: 'a' }, prompt_template: '{prompt}' }, 'prompt_template'],
] as const)('settings that are about other rows are refused: %j', (more, path) => {
  const { success, error } = dataConfigSchema.shape.preprocessing.safeParse({ ...records, ...more });
  expect([success, error?.issues.map((issue) => issue.path[0])]).toEqual([false, [path]]);
});
