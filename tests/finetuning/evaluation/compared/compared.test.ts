import { readFileSync } from 'node:fs';
import { compareAnswers } from '../../../../finetuning/evaluation/compared/compare-answers.js';
import { compareClassifiers } from '../../../../finetuning/evaluation/compared/compare-classifiers.js';
import { compareLanguage } from '../../../../finetuning/evaluation/compared/compare-language.js';
import { comparedRecord, type Difference } from '../../../../finetuning/evaluation/compared/compared.js';
import { completionSums, figuresOfSums } from '../../../../finetuning/evaluation/texts/completion-figures.js';
import { rankCorrelation, rankedBy, sumOf } from '../../../../statistics/index.js';

type Both<T> = { readonly before: T; readonly after: T };
type Figures = Readonly<Record<string, number>>;

/** By sacrebleu, rouge-score and scipy: see make_compared.py. */
const reference = JSON.parse(
  readFileSync(new URL('../fixtures/compared.json', import.meta.url), 'utf8'),
) as Both<string[]> & {
  readonly references: string[];
  readonly draws: readonly (Both<Figures> & { readonly rows: number[] })[];
  readonly scores: Both<{ loss: number[]; right: number[] }> & { tokens: number[]; bytes: number[] };
  readonly actual: number[];
  readonly predicted: Both<number[]>;
  /** The second prediction in halves, so that many are equal. */
  readonly tied: number[];
  readonly ranks: readonly { readonly rows: number[]; readonly spearman: number }[];
  readonly intervals: Readonly<Record<string, { readonly low: number; readonly high: number }>>;
};
const { references, scores, actual, predicted } = reference;
const rows = references.length;
/** Bounds of so many draws wander by about a hundredth of the interval's width. */
const settings = { confidence: 0.95, replicates: 10_000, seed: 3 };

function expectInterval(found: Difference | undefined, name: string): void {
  const { low, high } = reference.intervals[name] as { low: number; high: number };
  const tolerance = 0.05 * (high - low);
  expect([name, Math.abs((found?.low ?? NaN) - low) < tolerance]).toEqual([name, true]);
  expect([name, Math.abs((found?.high ?? NaN) - high) < tolerance]).toEqual([name, true]);
}

const said = (of: 'before' | 'after') => ({
  answers: reference[of],
  scores: scores.tokens.map((tokens, row) => ({
    tokens,
    bytes: scores.bytes[row] as number,
    loss: scores[of].loss[row] as number,
    right: scores[of].right[row] as number,
    cut: false,
  })),
});

describe('figures of drawn rows', () => {
  it.each(reference.draws)('are those of sacrebleu and rouge-score on the same draw', (draw) => {
    const times = new Uint32Array(rows);
    for (const row of draw.rows) times[row] = (times[row] as number) + 1;
    for (const which of ['before', 'after'] as const) {
      const found = { ...figuresOfSums(sumOf(completionSums(references, reference[which]), times)) };
      expect(Object.keys(found)).toEqual(Object.keys(draw[which]));
      for (const [name, value] of Object.entries(draw[which]))
        expect((found as Record<string, number>)[name]).toBeCloseTo(value, 9);
    }
  });
});

describe('two language models', () => {
  it("differ within scipy's intervals, by loss and by what they go on with", async () => {
    const { figures, mcnemar } = await compareLanguage(references, said('before'), said('after'), settings);
    for (const name of ['loss', 'perplexity', 'bits_per_byte']) expectInterval(figures[name], name);
    for (const name of ['exact_match', 'rouge_1', 'rouge_2', 'rouge_l', 'bleu', 'chrf']) {
      const { low, high, difference } = figures[name] as { low: number; high: number; difference: number };
      // The after-texts have two fifths of the noise.
      expect([name, low > 0, low < difference, difference < high]).toEqual([name, true, true, true]);
    }
    const exact = (of: string[], other: string[]): number =>
      references.filter((text, row) => of[row] === text && other[row] !== text).length;
    expect(mcnemar).toMatchObject({
      productionOnly: exact(reference.before, reference.after),
      candidateOnly: exact(reference.after, reference.before),
    });
  });

  it('that are one have no difference', async () => {
    const { figures, mcnemar } = await compareLanguage(references, said('after'), said('after'), {
      ...settings,
      replicates: 200,
    });
    for (const { difference, low, high } of Object.values(figures))
      expect([difference, low, high]).toEqual([0, 0, 0]);
    expect(mcnemar?.p).toBe(1);
  });

  it('without rows to go on from are told apart by loss alone', async () => {
    const quick = { ...settings, replicates: 100 };
    const { figures, mcnemar } = await compareLanguage([], said('before'), said('after'), quick);
    expect(Object.keys(figures)).toEqual(['loss', 'perplexity', 'bits_per_byte', 'token_accuracy']);
    expect(mcnemar).toBeUndefined();
  });
});

describe('two models that say numbers', () => {
  it("differ within scipy's intervals", async () => {
    const of = (numbers: number[]) => Float32Array.from(numbers);
    const { figures } = await compareAnswers(
      { problem: 'regression', actual, outputs: 1 },
      of(predicted.before),
      of(predicted.after),
      settings,
    );
    for (const name of ['mae', 'r2', 'pearson', 'spearman']) expectInterval(figures[name], name);
  });
});

it("Spearman's correlation of a draw is scipy's of the rows drawn, with ties", () => {
  for (const { rows: drawn, spearman } of reference.ranks) {
    const times = new Uint32Array(rows);
    for (const row of drawn) times[row] = (times[row] as number) + 1;
    const [one, other] = [rankedBy(actual), rankedBy(reference.tied)];
    expect(rankCorrelation(one, other, times)).toBeCloseTo(spearman, 12);
  }
});

describe('two classifiers', () => {
  const labels = Uint32Array.from({ length: 90 }, (_, row) => row % 3);
  const answers = (wrong: number) => {
    const predictions = labels.map((label, row) => (row < wrong ? (label + 1) % 3 : label));
    const right = labels.filter((label, row) => predictions[row] === label).length;
    return { predicted: predictions, metrics: { accuracy: right / 90, macro_f1: right / 90 } };
  };

  it('are said to differ where one is right far more often, with the rows that only one has right', async () => {
    const found = await compareClassifiers({ actual: labels, labels: 3 }, answers(60), answers(20), {
      ...settings,
      replicates: 1000,
    });
    const { accuracy } = found.figures;
    expect(accuracy?.difference).toBeCloseTo(40 / 90, 6);
    expect(accuracy?.low).toBeGreaterThan(0.3);
    expect(accuracy?.high).toBeLessThan(0.6);
    expect(found.mcnemar).toMatchObject({ productionOnly: 0, candidateOnly: 40 });
    expect(comparedRecord([{ before: 'base', after: 'finetuned', ...found }], settings)).toMatchObject({
      confidence: 0.95,
      finetuned_over_base: {
        mcnemar: { only_base: 0, only_finetuned: 40 },
        accuracy: { low: accuracy?.low },
      },
    });
  });
});
