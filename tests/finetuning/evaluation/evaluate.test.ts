import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { evaluationConfigSchema } from '../../../configs/index.js';
import type { Row } from '../../../finetuning/data/index.js';
import { evaluate, type Classifier, type EvaluateOptions } from '../../../finetuning/evaluation/index.js';
import { naiveBayes } from './naive-bayes.js';

const animals = ['cat', 'dog', 'horse', 'sheep'];
const plants = ['oak', 'fern', 'rose', 'moss'];
const tools = ['saw', 'axe', 'drill', 'file'];

/** Texts of three labels; every tenth is labelled wrongly, so that there are mistakes to report. */
function rowsFrom(start: number, count: number): Row[] {
  return Array.from({ length: count }, (_, index) => {
    const number = start + index;
    const [label, words] = (
      [
        ['noun.animal', animals],
        ['noun.plant', plants],
        ['noun.<tool>', tools],
      ] as const
    )[number % 3] as [string, string[]];
    return {
      id: `row-${number}`,
      text: `a ${words[number % 4]} & one ${words[(number + 1) % 4]} of kind ${number}`,
      label: number % 10 === 0 ? 'noun.plant' : label,
      ...(number % 2 ? { lemmas: [`lemma_${number}`, '"quoted"'] } : {}),
    };
  });
}

const train = rowsFrom(0, 120);
const test = rowsFrom(120, 60);
const jsonl = (rows: readonly Row[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

function project(files: { train?: string; test?: string } = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'evaluate-'));
  mkdirSync(join(root, 'data/finetuning'), { recursive: true });
  writeFileSync(join(root, 'data/finetuning/train.jsonl'), files.train ?? jsonl(train));
  writeFileSync(join(root, 'data/finetuning/test.jsonl'), files.test ?? jsonl(test));
  return root;
}

const run = (root: string, more: Partial<EvaluateOptions> = {}) =>
  evaluate({
    root,
    name: 'Animals <and> "plants"',
    config: evaluationConfigSchema.parse({ batch_size: 16, worst_errors: 5 }),
    base: (labels) => ({ description: 'Naive Bayes, not trained', open: async () => naiveBayes([], labels) }),
    finetuned: (labels) => ({ description: 'Naive Bayes', open: async () => naiveBayes(train, labels) }),
    ...more,
  });

const inPlots = (name: string): string => `plots/${name}`;

/** Files that were not there before. */
function written(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !path.startsWith('data/'))
    .sort();
}

const read = (root: string, path: string): string => readFileSync(join(root, path), 'utf8');

describe('evaluating', () => {
  it('writes the figures of both models and of the majority line on the same rows', async () => {
    const root = project();
    await run(root);
    const metrics = JSON.parse(read(root, 'metrics.json')) as Record<string, Record<string, number>>;
    const share = (label: string): number => test.filter((row) => row.label === label).length / test.length;
    expect(Object.keys(metrics)).toEqual([
      'test_rows',
      'labels',
      'majority',
      'base',
      'finetuned',
      'gain',
      'better',
      'compared',
    ]);
    expect([metrics.test_rows, metrics.labels]).toEqual([60, 3]);
    expect(metrics.majority?.accuracy).toBeCloseTo(share('noun.plant'), 6);
    // Untrained, all logits are equal: it says the first label.
    expect(metrics.base?.accuracy).toBeCloseTo(share('noun.<tool>'), 6);
    expect(metrics.finetuned?.accuracy).toBeGreaterThan(0.9);
    expect(metrics.gain?.accuracy).toBeCloseTo(
      (metrics.finetuned?.accuracy as number) - (metrics.base?.accuracy as number),
      6,
    );
  });

  it('warns of a model that says one label, or is right no more often than the commonest, and not of a good one', async () => {
    const good = project();
    expect((await run(good)).comparison.worth).toEqual({
      better: { than_majority: true, than_base: true },
      doubts: [],
    });
    expect(read(good, 'reports/report.html')).not.toContain('Look out');
    const untrained = project();
    const finetuned = (labels: readonly string[]) => ({
      description: 'Naive Bayes, not trained',
      open: async () => naiveBayes([], labels),
    });
    const { comparison } = await run(untrained, { finetuned });
    expect(comparison.worth).toEqual({
      better: { than_majority: false, than_base: false },
      doubts: [expect.stringContaining('says noun.<tool> for every one of 60 test rows')],
    });
    expect(read(untrained, 'reports/report.html')).toContain('says noun.&lt;tool&gt; for every');
    expect(JSON.parse(read(untrained, 'metrics.json'))).toMatchObject({ better: { than_majority: false } });
    // Trained on labels that do not belong to the texts.
    const shifted = train.map((row, at) => ({ ...row, label: (train[Math.floor(at / 3)] as Row).label }));
    const guesses = await run(project(), {
      finetuned: (labels) => ({ description: 'shifted', open: async () => naiveBayes(shifted, labels) }),
    });
    expect(guesses.comparison.worth.doubts).toEqual([
      expect.stringMatching(
        /is not shown to be better than always saying noun\.plant: accuracy .*60 test rows/,
      ),
    ]);
  });

  it('writes each answer, and a line per test row for dvc plots', async () => {
    const root = project();
    const { comparison } = await run(root);
    const predictions = read(root, 'reports/predictions.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(predictions).toHaveLength(60);
    expect(Object.keys(predictions[0] ?? {})).toEqual([
      'id',
      'text',
      'label',
      'base',
      'finetuned',
      'confidence',
    ]);
    expect(predictions.map(({ id }) => id)).toEqual(test.map(({ id }) => id));
    const right = predictions.filter(({ label, finetuned }) => label === finetuned).length;
    expect(right / 60).toBeCloseTo(comparison.finetuned.metrics.accuracy, 12);
    const [head, ...lines] = read(root, 'plots/confusion_matrix.csv').trimEnd().split('\n');
    expect(head).toBe('actual,predicted');
    expect(lines).toEqual(predictions.map(({ label, finetuned }) => `${String(label)},${String(finetuned)}`));
  });

  it('gives the same bytes each time', async () => {
    const [one, other] = [project(), project()];
    await run(one);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await run(other);
    expect(written(one)).toEqual([
      'metrics.json',
      ...['calibration/base.json', 'calibration/finetuned.json', 'confusion_matrix.csv'].map(inPlots),
      ...['precision_recall/base.json', 'precision_recall/finetuned.json'].map(inPlots),
      ...['roc/base.json', 'roc/finetuned.json'].map(inPlots),
      ...['labels.json', 'predictions.jsonl', 'report.html', 'slices.json'].map((name) => `reports/${name}`),
    ]);
    for (const path of written(one)) expect(read(one, path)).toBe(read(other, path));
    expect(read(one, 'reports/report.html')).not.toContain(one);
  });

  it('reads a model’s columns by their labels, whatever their order', async () => {
    const [one, other] = [project(), project()];
    await run(one);
    await run(other, {
      finetuned: (labels) => ({
        description: 'Naive Bayes',
        open: async () => naiveBayes(train, [...labels].reverse()),
      }),
    });
    expect(read(other, 'metrics.json')).toBe(read(one, 'metrics.json'));
  });

  it('has one model in memory at a time, and lets go of it when it fails', async () => {
    const events: string[] = [];
    const watched = (name: string, model: Classifier): Classifier => ({
      ...model,
      predict: (...given) => {
        events.push(`${name} predicts`);
        if (name === 'finetuned') throw new Error('out of memory');
        return model.predict(...given);
      },
      dispose: () => void events.push(`${name} is let go`),
    });
    const attempt = run(project(), {
      base: (labels) => ({ description: '', open: async () => watched('base', naiveBayes([], labels)) }),
      finetuned: (labels) => ({
        description: '',
        open: async () => watched('finetuned', naiveBayes([], labels)),
      }),
    });
    await expect(attempt).rejects.toThrow('out of memory');
    expect(events).toEqual(['base predicts', 'base is let go', 'finetuned predicts', 'finetuned is let go']);
  });

  it('tells how far it is', async () => {
    const steps: [string | undefined, number, number | undefined][] = [];
    await run(project(), { onProgress: ({ message, step, total }) => steps.push([message, step, total]) });
    expect(steps.at(-1)).toEqual(['evaluating finetuned', 60, 60]);
    expect(steps).toHaveLength(120);
  });
});

describe('slices and other test sets', () => {
  const config = (more: object) => evaluationConfigSchema.parse({ batch_size: 16, worst_errors: 5, ...more });

  it('have figures of their own', async () => {
    const root = project();
    const parity = (row: Row, at: number) => ({ ...row, ...(at % 3 ? { parity: at % 2 } : {}) });
    writeFileSync(join(root, 'data/finetuning/test.jsonl'), jsonl(test.map(parity)));
    writeFileSync(join(root, 'data/plants.jsonl'), jsonl(rowsFrom(200, 30)));
    const sets = { later: 'data/plants.jsonl' };
    const { comparison } = await run(root, { config: config({ slices: ['parity'], sets }) });
    type Found = { by: string; value: string; rows: number; finetuned: number }[];
    const slices = JSON.parse(read(root, 'reports/slices.json')) as Found;
    const lengths = slices.filter(({ by }) => by === 'length');
    expect(lengths.length).toBeGreaterThan(1);
    for (const slice of [lengths, slices.filter(({ by }) => by === 'parity')])
      expect(slice.reduce((sum, { rows, finetuned }) => sum + rows * finetuned, 0) / 60).toBeCloseTo(
        comparison.finetuned.metrics.accuracy,
        4,
      );
    expect(slices.slice(lengths.length).map(({ value, rows }) => [value, rows])).toEqual([
      ['(none)', 20],
      ['0', 20],
      ['1', 20],
    ]);
    const metrics = JSON.parse(read(root, 'metrics.json')) as {
      sets: { later: Record<string, Record<string, number>> };
    };
    const { later } = metrics.sets;
    expect(later).toMatchObject({ rows: 30 });
    expect(later.forgotten_accuracy).toBeCloseTo(
      (later.base?.accuracy as number) - (later.finetuned?.accuracy as number),
      5,
    );
    expect(read(root, 'reports/report.html')).toContain('<th scope="row">later</th>');
  });

  it('names a set that cannot be read, before any model runs', async () => {
    const open = (): never => {
      throw new Error('a model was opened');
    };
    const files = { config: config({ sets: { lost: 'data/lost.jsonl' } }), base: open };
    await expect(run(project(), files)).rejects.toMatchObject({
      code: 'file-missing',
      at: { file: 'data/lost.jsonl' },
    });
  });
});

describe('what cannot be evaluated', () => {
  it.each([
    [{ test: '' }, 'empty-dataset', 'data/finetuning/test.jsonl'],
    [{ train: '' }, 'empty-dataset', 'data/finetuning/train.jsonl'],
    [{ train: '', test: '' }, 'empty-dataset', 'data/finetuning/train.jsonl'],
    [{ test: '{"id":"1","text":"x","label":"new"}\n' }, 'unknown-label', 'data/finetuning/test.jsonl'],
    [{ test: 'oops\n' }, 'jsonl-syntax', 'data/finetuning/test.jsonl'],
  ])('%j is %s', async (files, code, file) => {
    await expect(run(project(files))).rejects.toMatchObject({ code, at: { file } });
  });

  it('is a model for other labels', async () => {
    const open = async (): Promise<Classifier> => naiveBayes([], ['a', 'b', 'c']);
    await expect(run(project(), { finetuned: () => ({ description: '', open }) })).rejects.toMatchObject({
      code: 'labels-differ',
      found: 'a, b, c',
    });
  });

  it('is a model whose weights are damaged, and the report of before stays', async () => {
    const root = project();
    await run(root);
    const before = read(root, 'metrics.json');
    const open = async (labels: readonly string[]): Promise<Classifier> => ({
      ...naiveBayes([], labels),
      predict: (texts) => new Float32Array(texts.length * labels.length).fill(Number.NaN),
    });
    await expect(
      run(root, { finetuned: (labels) => ({ description: '', open: () => open(labels) }) }),
    ).rejects.toMatchObject({ code: 'not-finite' });
    expect(read(root, 'metrics.json')).toBe(before);
  });
});

describe('the HTML report', () => {
  const page = async (): Promise<string> => {
    const root = project();
    await run(root);
    return read(root, 'reports/report.html');
  };
  const empty = new Set(['meta']);

  it('is well-formed: every tag is closed in its turn, and attributes are quoted', async () => {
    const html = await page();
    const body = html.replace(/<style>[^]*?<\/style>/, '');
    const open: string[] = [];
    for (const [tag, slash, name] of body.matchAll(
      /<(\/?)([a-z0-9]+)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*\/?>/g,
    )) {
      if (slash) expect(open.pop()).toBe(name);
      else if (!tag.endsWith('/>') && !empty.has(name as string)) open.push(name as string);
    }
    expect(open).toEqual([]);
    // No `<` is left that is not a tag.
    expect(
      body.replace(/<!doctype html>|<\/?[a-z0-9]+(?:\s+[\w:-]+(?:="[^"<]*")?)*\s*\/?>/g, ''),
    ).not.toMatch(/[<>]/);
  });

  it('needs nothing from elsewhere, and runs nothing', async () => {
    const html = await page();
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|https?:|javascript:|\son\w+=/i);
  });

  it('shows texts and labels as text, whatever is in them', async () => {
    const html = await page();
    expect(html).toContain('<h1>Animals &lt;and&gt; &quot;plants&quot;</h1>');
    expect(html).toContain('&lt;tool&gt;');
    expect(html).not.toContain('<tool>');
    expect(html).toContain(' &amp; one ');
  });

  it('can be read without seeing it: language, headings in order, named regions and charts, scoped headers', async () => {
    const html = await page();
    expect(html).toContain('<html lang="en">');
    expect([...html.matchAll(/<h(\d)/g)].map(([, level]) => level)).toEqual(['1', ...'2222222']);
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of html.matchAll(/aria-labelledby="([^"]+)"/g)) expect(ids).toContain(id);
    for (const [svg] of html.matchAll(/<svg[^>]*>/g)) expect(svg).toMatch(/role="img" aria-label="[^"]+"/);
    for (const [th] of html.matchAll(/<th[ >][^>]*/g)) expect(th).toMatch(/scope="(row|col)"/);
    for (const [table] of html.matchAll(/<table[^]*?<\/table>/g))
      expect(table).toMatch(/<caption>[^<]+<\/caption>/);
  });

  it('has the figures of metrics.json, light and dark', async () => {
    const root = project();
    const { comparison } = await run(root);
    const html = read(root, 'reports/report.html');
    for (const { metrics } of [comparison.finetuned, comparison.base, comparison.majority])
      expect(html).toContain(`${(metrics.accuracy * 100).toFixed(1)} %`);
    expect(html).toContain('prefers-color-scheme: dark');
    const errors = 60 - Math.round(comparison.finetuned.metrics.accuracy * 60);
    const shown = html.slice(html.indexOf('<h2 id="errors">'));
    expect([...shown.matchAll(/<td class="text">/g)]).toHaveLength(Math.min(5, errors));
    expect(errors).toBeGreaterThan(0);
  });
});
