import { compareFiles, readPredictions } from '../../../promotion/index.js';
import { PROMOTION_DEFAULTS, type PromotionSettings } from '../../../workflows/index.js';
import { makeProject } from '../../rig/project.js';
import { join } from 'node:path';

const SETTINGS: PromotionSettings = { ...PROMOTION_DEFAULTS, replicates: 500 };

interface Answers {
  readonly label: string;
  readonly rows: number;
  /** How many of them production and the candidate have right; from the first row on. */
  readonly production: number;
  readonly candidate: number;
}

/** Rows of labels, of which each model has some right; the others it takes for `other`. */
function files(labels: readonly Answers[]): { production: string; candidate: string } {
  const lines = (model: 'production' | 'candidate'): string =>
    labels
      .flatMap(({ label, rows, ...right }) =>
        Array.from({ length: rows }, (_, i) =>
          JSON.stringify({ id: `${label}-${i}`, label, prediction: i < right[model] ? label : 'other' }),
        ),
      )
      .join('\n');
  const root = makeProject({ 'p.jsonl': lines('production'), 'c.jsonl': lines('candidate') });
  return { production: join(root, 'p.jsonl'), candidate: join(root, 'c.jsonl') };
}

async function judged(labels: readonly Answers[], settings: Partial<PromotionSettings> = {}) {
  const { production, candidate } = files(labels);
  return await compareFiles(
    { path: production, shown: 'p.jsonl' },
    { path: candidate, shown: 'c.jsonl' },
    { ...SETTINGS, ...settings },
  );
}

const row = (label: string, rows: number, production: number, candidate: number): Answers => ({
  label,
  rows,
  production,
  candidate,
});

describe('a comparison', () => {
  it('has the figures that can be counted by hand', async () => {
    const { comparison } = await judged([row('cat', 100, 50, 70), row('dog', 50, 40, 35)]);
    expect(comparison).toMatchObject({
      rows: 150,
      accuracy: { production: 0.6, candidate: 0.7, difference: 0.1 },
      mcnemar: { productionOnly: 5, candidateOnly: 20 },
    });
    // cat: 2·50 / (100 + 50), dog: 2·40 / (50 + 40), other: 0.
    expect(comparison?.macro_f1.production).toBeCloseTo((2 / 3 + 8 / 9) / 3, 6);
  });
});

describe('the gates', () => {
  const better = [row('cat', 200, 100, 140), row('dog', 200, 100, 140)];
  const worse = [row('cat', 200, 140, 100), row('dog', 200, 140, 100)];
  const even = [row('cat', 200, 100, 101), row('dog', 200, 100, 99)];
  /** Better by far, but for one label. */
  const mixed = [row('cat', 400, 200, 380), row('dog', 100, 80, 40)];

  it.each([
    ['better', better, {}, 'better', 'promote'],
    ['better, when a person always decides', better, { approval: 'always' }, 'better', 'hold'],
    ['better, by too little', better, { minGain: 0.5 }, 'even', 'hold'],
    ['as good', even, {}, 'even', 'hold'],
    ['as good, when nobody decides', even, { approval: 'never' }, 'even', 'reject'],
    ['as good, and newer is wanted', even, { onEven: 'promote' }, 'even', 'promote'],
    ['worse', worse, {}, 'worse', 'reject'],
    ['worse, when a person always decides', worse, { approval: 'always' }, 'worse', 'reject'],
    ['worse, and a person is to see it', worse, { onWorse: 'hold' }, 'worse', 'hold'],
    ['better, but for a label', mixed, { metric: 'accuracy' }, 'worse', 'reject'],
    [
      'better, but for a label that may fall',
      mixed,
      { metric: 'accuracy', maxClassRegression: 0.5 },
      'better',
      'promote',
    ],
    [
      'better, but for a label with few rows',
      mixed,
      { metric: 'accuracy', minSupport: 101 },
      'better',
      'promote',
    ],
  ] as const)('a model that is %s', async (_what, labels, settings, verdict, decision) => {
    expect(await judged(labels, settings)).toMatchObject({ verdict, decision });
  });

  it('name the label that fell', async () => {
    const { reasons, comparison } = await judged(mixed);
    expect(reasons[0]).toBe('recall of dog fell from 0.8000 to 0.4000 on 100 rows');
    expect(comparison?.regressions).toMatchObject([{ label: 'dog', support: 100, difference: -0.4 }]);
  });

  it('ask the more of a fall, the more labels there are', async () => {
    const cat = row('cat', 40, 30, 24);
    const alone = await judged([cat]);
    expect(alone.comparison?.regressions).toMatchObject([{ label: 'cat', p: expect.closeTo(0.03125, 9) }]);
    const others = Array.from({ length: 30 }, (_, i) => row(`label-${i}`, 40, 20, 20));
    expect((await judged([cat, ...others])).comparison?.regressions).toEqual([]);
  });
});

describe('a file of predictions', () => {
  const read = (text: string, columns = {}) => {
    const root = makeProject({ 'p.jsonl': text });
    return readPredictions(join(root, 'p.jsonl'), 'p.jsonl', columns);
  };

  it('may have other names for its fields, and numbers for labels', async () => {
    const { rows } = await read('{"row": 7, "truth": 1, "answer": 0}\n\n', {
      id: 'row',
      label: 'truth',
      prediction: 'answer',
    });
    expect([...rows]).toEqual([['7', { label: '1', prediction: '0', text: undefined }]]);
  });

  it("may be that of reprise evaluate, whose second model is the candidate's", async () => {
    const { rows } = await read(
      '{"id":"a","text":"t","label":"x","base":"y","finetuned":"x","confidence":0.5}\n',
    );
    expect([...rows.values()]).toEqual([{ label: 'x', prediction: 'x', text: 't' }]);
  });

  it.each([
    ['', 0, /no rows/],
    ['{"id": 1, "label": "a", "prediction": "a"}\n{"id": 1', 2, /not JSON/],
    ['[1]', 1, /not a JSON object/],
    ['{"id": 1, "label": "a"}', 1, /prediction or finetuned is not/],
    ['{"id": 1, "label": ["a"], "prediction": "a"}', 1, /label is not/],
    [
      '{"id": 1, "label": "a", "prediction": "a"}\n{"id": 1, "label": "a", "prediction": "b"}',
      2,
      /there twice/,
    ],
  ])('that is wrong is told with its line: %j', async (text, line, message) => {
    const error = await read(text).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'bad-predictions',
      message: expect.stringMatching(message),
      at: { file: 'p.jsonl', line },
    });
  });

  it('that is not there is told', async () => {
    await expect(readPredictions('/nowhere/p.jsonl', 'p.jsonl', {})).rejects.toMatchObject({
      code: 'missing-predictions',
    });
  });
});
