import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PreparationConfig, SplitConfig } from '../../../configs/index.js';
import { prepare, preprocess } from '../../../finetuning/data/index.js';
import { jsonl, projectWith, records, rowsIn, type AnyRow } from './widened.js';

const SPLITS = ['train', 'val', 'test'] as const;
type Splits = Record<(typeof SPLITS)[number], AnyRow[]>;

const makeRows = (count: number): AnyRow[] =>
  Array.from({ length: count }, (_, at) => ({
    id: `row-${at}`,
    text: `text of row ${at}`,
    label: at % 5 === 0 ? 'some' : 'most',
    group: `author ${at % 40}`,
    time: new Date(Date.UTC(2024, 0, 1 + (at % 100))).toISOString(),
  }));

async function drawn(
  rows: readonly AnyRow[],
  split: SplitConfig,
  more: Partial<PreparationConfig> = {},
): Promise<Splits> {
  const root = projectWith({ 'rows.jsonl': jsonl(rows) }, 'data/processed');
  await prepare({ root, config: { split, max_train_rows: null, ...more }, seed: 42 });
  return Object.fromEntries(
    SPLITS.map((name) => [name, rowsIn(root, `data/finetuning/${name}.jsonl`)]),
  ) as Splits;
}

const places = (splits: Splits): Map<unknown, string> =>
  new Map(SPLITS.flatMap((name) => splits[name].map(({ id }) => [id, name] as const)));
const of = (rows: readonly AnyRow[], field: string): Set<unknown> => new Set(rows.map((row) => row[field]));

describe('splits by shares', () => {
  it('of rows keep every row in its place when others are added', async () => {
    const before = await drawn(makeRows(1000), { by: 'row', test: 0.2, val: 0.1 });
    expect(before.test.length).toBeGreaterThan(150);
    expect(before.test.length).toBeLessThan(250);
    const after = places(await drawn(makeRows(2000), { by: 'row', test: 0.2, val: 0.1 }));
    for (const [id, place] of places(before)) expect(after.get(id)).toBe(place);
  });

  it('of labels have the share of each', async () => {
    const { train, val, test } = await drawn(makeRows(1000), { by: 'label', test: 0.2, val: 0.1 });
    const some = (rows: AnyRow[]): number => rows.filter(({ label }) => label === 'some').length;
    expect([train, val, test].map((rows) => [some(rows), rows.length])).toEqual([
      [140, 700],
      [20, 100],
      [40, 200],
    ]);
    const fewer = await drawn(makeRows(1000), { by: 'label', test: 0.2, val: 0.1 }, { max_train_rows: 50 });
    expect([some(fewer.train), fewer.train.length, fewer.test.length]).toEqual([10, 50, 200]);
  });

  it('of groups leave none in two, and where it was when rows are added', async () => {
    const split = { by: 'group', test: 0.3, val: 0.2 } as const;
    const before = await drawn(makeRows(400), split);
    const groups = SPLITS.map((name) => of(before[name], 'group'));
    expect(groups.reduce((sum, { size }) => sum + size, 0)).toBe(40);
    const after = places(await drawn(makeRows(800), split));
    for (const [id, place] of places(before)) expect(after.get(id)).toBe(place);
  });

  it('of time test the newest, those of one time together', async () => {
    const { train, val, test } = await drawn(makeRows(1000), { by: 'time', test: 0.2, val: 0.1 });
    const times = [train, val, test].map((rows) => [...of(rows, 'time')].map(String).sort());
    expect(times.map(({ length }) => length)).toEqual([70, 10, 20]);
    expect(times.flat()).toEqual([...times.flat()].sort());
  });

  it('by dates stay where they are', async () => {
    const split = { by: 'date', val_from: '2024-03-01', test_from: '2024-04-01T00:00:00Z' } as const;
    const { train, val, test } = await drawn(makeRows(1000), split);
    expect([of(train, 'time').size, of(val, 'time').size, of(test, 'time').size]).toEqual([60, 31, 9]);
  });
});

describe('what cannot be drawn so', () => {
  it.each<[string, AnyRow[], SplitConfig, string]>([
    [
      'a row without a group',
      [{ id: '1', text: 'a', label: 'x' }],
      { by: 'group', test: 0.2, val: 0.2 },
      'bad-row',
    ],
    [
      'a time that is none',
      [{ id: '1', text: 'a', label: 'x', time: 'noon' }],
      { by: 'time', test: 0.2, val: 0.2 },
      'bad-row',
    ],
    [
      'an empty split',
      makeRows(100),
      { by: 'date', val_from: '2030-01-01', test_from: '2030-02-01' },
      'empty-split',
    ],
    [
      'a label that would not train',
      makeRows(100).map((row, at) => (at === 99 ? { ...row, label: 'new' } : row)),
      { by: 'date', val_from: '2024-02-01', test_from: '2024-03-01' },
      'label-not-in-train',
    ],
  ])('%s', async (_, rows, split, code) => {
    await expect(drawn(rows, split)).rejects.toMatchObject({ code });
  });
});

it('rows without labels, and pictures, are split too', async () => {
  const config = { test_rows: 10, val_rows: 5, max_train_rows: null };
  const texts = Array.from({ length: 50 }, (_, at) => ({
    id: `${at}`,
    prompt: `ask ${at}`,
    completion: 'yes',
  }));
  const root = projectWith({ 'rows.jsonl': jsonl(texts) }, 'data/processed');
  expect(await prepare({ root, config, seed: 1, task: 'causal-lm' })).toEqual({
    train: 35,
    val: 5,
    test: 10,
    unused: 0,
    labels: [],
  });
  const images = Array.from({ length: 50 }, (_, at) => ({
    id: `${at}`,
    image: `../raw/${at}.png`,
    label: `${at % 2}`,
  }));
  const other = projectWith({ 'rows.jsonl': jsonl(images) }, 'data/processed');
  expect(await prepare({ root: other, config, seed: 1, task: 'image-classification' })).toMatchObject({
    train: 35,
    labels: ['0', '1'],
  });
});

it('a report says what became of the data, and what training saw of the rows that judge it', async () => {
  const long = Array.from({ length: 60 }, (_, at) => `w${at}`);
  const raw = makeRows(60).map((row, at) => ({ ...row, text: `${long.join(' ')} ${at} ${'x'.repeat(at)}` }));
  const all = [...raw, { ...raw[0], id: 'twin' }, { ...raw[0], id: 'none', label: '' }];
  const given = projectWith({ 'rows.jsonl': jsonl(all) });
  const config = { ...records, fields: { text: 'text', label: 'label', id: 'id', group: 'group' } };
  await preprocess({ root: given, config });
  const split = { by: 'row', test: 0.2, val: 0.2 } as const;
  const sizes = await prepare({
    root: given,
    config: { split, max_train_rows: null, report: true },
    seed: 1,
  });
  const report = JSON.parse(readFileSync(join(given, 'data/report.json'), 'utf8')) as Record<string, unknown>;
  expect(report).toMatchObject({
    steps: [
      { step: 'too_short', before: 62, after: 62 },
      { step: 'unlabelled', before: 62, after: 61 },
      { step: 'conflicting', before: 61, after: 61 },
      { step: 'duplicate', before: 61, after: 60 },
    ],
    duplicates: { exact: 1, near: null },
    splits: { train: { rows: sizes.train }, test: { rows: sizes.test } },
    // All of them are nearly the same text, and of forty groups some are in two splits.
    leakage: { val: { same: 0, near: sizes.val }, test: { same: 0, near: sizes.test } },
  });
  const page = readFileSync(join(given, 'data/report.html'), 'utf8');
  expect(page).toContain('<td>duplicate</td><td>61</td><td>60</td><td>1</td>');
  expect(page).not.toMatch(/https?:\/\//);
});
