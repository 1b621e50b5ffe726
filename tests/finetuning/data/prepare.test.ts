import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PreparationConfig } from '../../../configs/index.js';
import { prepare, type Row } from '../../../finetuning/data/index.js';
import { allocate } from '../../../finetuning/data/preparation/allocate.js';

const config: PreparationConfig = { test_rows: 40, val_rows: 20, max_train_rows: null };
const splits = ['train', 'val', 'test'] as const;
type Splits = Record<(typeof splits)[number], Row[]>;

const makeRows = (count: number, from = 0): Row[] =>
  Array.from({ length: count }, (_, index) => {
    const number = from + index;
    // Sizes 1 : 2 : 7.
    const label = ['rare', 'some', 'some', 'most', 'most', 'most', 'most', 'most', 'most', 'most'][
      number % 10
    ] as string;
    return { id: `row-${number}`, text: `text of row ${number}`, label };
  });

function project(rows: readonly Row[] | string): string {
  const root = mkdtempSync(join(tmpdir(), 'prepare-'));
  mkdirSync(join(root, 'data/processed'), { recursive: true });
  const text = typeof rows === 'string' ? rows : rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  writeFileSync(join(root, 'data/processed/rows.jsonl'), text);
  return root;
}

function read(root: string): Splits {
  return Object.fromEntries(
    splits.map((name) => [
      name,
      readFileSync(join(root, `data/finetuning/${name}.jsonl`), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Row),
    ]),
  ) as Splits;
}

async function prepared(rows: readonly Row[], seed = 42, sizes = config): Promise<Splits> {
  const root = project(rows);
  await prepare({ root, config: sizes, seed });
  return read(root);
}

const ids = (rows: readonly Row[]): Set<string> => new Set(rows.map(({ id }) => id));
const countsOf = (rows: readonly Row[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { label } of rows) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
};

describe('the splits', () => {
  it('have the sizes asked for, each label in its proportion, and no row in two', async () => {
    const { train, val, test } = await prepared(makeRows(400));
    expect(countsOf(test)).toEqual({ rare: 4, some: 8, most: 28 });
    expect(countsOf(val)).toEqual({ rare: 2, some: 4, most: 14 });
    expect(countsOf(train)).toEqual({ rare: 34, some: 68, most: 238 });
    expect(ids([...train, ...val, ...test]).size).toBe(400);
  });

  it('give every label at least one row, however rare', async () => {
    const rows = [...makeRows(1000), ...makeRows(3, 5000).map((row) => ({ ...row, label: 'tiny' }))];
    const found = await prepared(rows);
    for (const name of splits) expect(countsOf(found[name]).tiny).toBe(1);
    expect([found.test.length, found.val.length]).toEqual([40, 20]);
  });

  it('keep max_train_rows in the labels’ proportion', async () => {
    const root = project(makeRows(400));
    const result = await prepare({ root, config: { ...config, max_train_rows: 100 }, seed: 42 });
    expect(result).toEqual({ train: 100, val: 20, test: 40, unused: 240, labels: ['most', 'rare', 'some'] });
    expect(countsOf(read(root).train)).toEqual({ rare: 10, some: 20, most: 70 });
  });

  it('are the same for the same seed, in whatever order the rows come, and others for another', async () => {
    const rows = makeRows(400);
    const first = await prepared(rows);
    const reversed = await prepared([...rows].reverse());
    for (const name of splits) expect(ids(reversed[name])).toEqual(ids(first[name]));
    const other = await prepared(rows, 43);
    expect(ids(other.test)).not.toEqual(ids(first.test));
    // About a tenth of another seed's test rows are the first's by chance; a constant would be all of them.
    expect(other.test.filter(({ id }) => ids(first.test).has(id)).length).toBeLessThan(20);
  });

  it('hardly move when rows are added', async () => {
    const before = await prepared(makeRows(400));
    const after = await prepared(makeRows(410));
    const moved = splits.flatMap((name) => after[name].filter(({ id }) => id && !ids(before[name]).has(id)));
    // Ten new rows, each of which may push one from test to val and one from val to train.
    expect(moved.length).toBeLessThanOrEqual(30);
    expect(after.test.filter(({ id }) => ids(before.train).has(id)).length).toBeLessThanOrEqual(1);
  });

  it('keep the lines as they are, in the order of the file', async () => {
    const root = project(makeRows(100).map((row) => ({ ...row, lemmas: ['a', 'ü'], extra: { kept: 1.5 } })));
    await prepare({ root, config: { test_rows: 10, val_rows: 10, max_train_rows: null }, seed: 1 });
    const source = readFileSync(join(root, 'data/processed/rows.jsonl'), 'utf8').trimEnd().split('\n');
    for (const name of splits) {
      const lines = readFileSync(join(root, `data/finetuning/${name}.jsonl`), 'utf8')
        .trimEnd()
        .split('\n');
      expect(lines).toEqual(source.filter((line) => lines.includes(line)));
    }
  });
});

describe('sharing rows among labels', () => {
  it('gives what was asked in all, at least one and at most the cap each', () => {
    // A seeded walk over many shapes of data (Lehmer's generator), with the invariants as the judge.
    let state = 1;
    const random = (below: number): number => (state = (state * 48271) % 2147483647) % below;
    for (let round = 0; round < 300; round++) {
      const sizes = Array.from({ length: 1 + random(30) }, () => 3 + random(round % 2 ? 5 : 5000));
      const caps = sizes.map((size) => size - 2);
      const most = caps.reduce((sum, cap) => sum + cap, 0);
      const total = sizes.length + random(most - sizes.length + 1);
      const shares = allocate(sizes, caps, total);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total);
      for (const [label, share] of shares.entries()) {
        expect(share).toBeGreaterThanOrEqual(1);
        expect(share).toBeLessThanOrEqual(caps[label] as number);
      }
    }
  });

  it('goes by largest remainders', () => {
    expect(allocate([53, 24, 23], [51, 22, 21], 10)).toEqual([5, 3, 2]);
    expect(allocate([10, 10, 10], [8, 8, 8], 10)).toEqual([4, 3, 3]);
    expect(allocate([1000, 3, 3], [998, 1, 1], 5)).toEqual([3, 1, 1]);
  });
});

describe('bad rows', () => {
  const run = (rows: readonly Row[] | string, sizes: Partial<PreparationConfig> = {}) =>
    prepare({ root: project(rows), config: { ...config, ...sizes }, seed: 1 });
  const file = 'data/processed/rows.jsonl';

  it.each([
    ['{"id":"1","text":"a","label":"x"}\nnot json\n', 'jsonl-syntax', 2],
    ['{"id":"1","text":"a","label":"x"}\n\n{"id":"2","label":"x"}\n', 'bad-row', 3],
    ['{"id":1,"text":"a","label":"x"}\n', 'bad-row', 1],
    ['{"id":"1","text":"","label":"x"}\n', 'bad-row', 1],
    ['{"id":"1","text":"Same.","label":"x"}\n{"id":"2","text":"same","label":"y"}\n', 'duplicate-row', 2],
    ['{"id":"1","text":"one","label":"x"}\n{"id":"1","text":"two","label":"y"}\n', 'duplicate-row', 2],
  ])('%j is %s on line %i', async (text, code, line) => {
    await expect(run(text)).rejects.toMatchObject({ code, at: { file, line } });
  });

  it('is an empty file, or none', async () => {
    await expect(run('')).rejects.toMatchObject({ code: 'empty-dataset', at: { file } });
    const root = mkdtempSync(join(tmpdir(), 'prepare-'));
    await expect(prepare({ root, config, seed: 1 })).rejects.toMatchObject({
      code: 'file-missing',
      at: { file },
    });
  });

  it('is a label with a row or two, which cannot be in three splits', async () => {
    const lonely = [...makeRows(400), { id: 'x', text: 'x', label: 'lonely' }];
    await expect(run(lonely)).rejects.toMatchObject({ code: 'class-too-small', found: 'lonely: 1' });
  });

  it('is one label alone', async () => {
    await expect(run(makeRows(400).map((row) => ({ ...row, label: 'all' })))).rejects.toMatchObject({
      code: 'too-few-classes',
    });
  });

  it('is fewer rows than the splits want, or splits smaller than the labels are many', async () => {
    await expect(run(makeRows(60))).rejects.toMatchObject({ code: 'too-few-rows', found: '60 rows' });
    await expect(run(makeRows(400), { val_rows: 2 })).rejects.toMatchObject({
      code: 'too-few-rows',
      message: expect.stringContaining('val_rows') as string,
    });
  });

  it('leaves the splits of before as they were', async () => {
    const root = project(makeRows(400));
    await prepare({ root, config, seed: 1 });
    const before = readFileSync(join(root, 'data/finetuning/train.jsonl'));
    writeFileSync(join(root, file), 'not json\n');
    await expect(prepare({ root, config, seed: 1 })).rejects.toMatchObject({ code: 'jsonl-syntax' });
    expect(readFileSync(join(root, 'data/finetuning/train.jsonl'))).toEqual(before);
    expect(readdirSync(join(root, 'data/finetuning')).sort()).toEqual([
      'test.jsonl',
      'train.jsonl',
      'val.jsonl',
    ]);
  });
});
