import { readFileSync } from 'node:fs';
import {
  Random,
  bootstrap,
  countKinds,
  figuresOf,
  kindsOf,
  interval,
  mcnemar,
} from '../../statistics/index.js';

interface ReferenceFigures {
  readonly accuracy: number;
  readonly macroF1: number;
  readonly recall: readonly (number | null)[];
}

interface Bounds {
  readonly low: number;
  readonly high: number;
}

interface Reference {
  readonly cases: readonly {
    readonly labels: number;
    readonly actual: readonly number[];
    readonly production: readonly number[];
    readonly candidate: readonly number[];
    readonly resample: readonly number[];
    readonly figures: ReferenceFigures;
    readonly resampled: ReferenceFigures;
    readonly bootstrap: {
      readonly accuracy: Bounds;
      readonly macroF1: Bounds;
      readonly recallOfFirst: Bounds;
    };
  }[];
  readonly gaps: {
    readonly actual: readonly number[];
    readonly predicted: readonly number[];
    readonly rows: readonly number[];
    readonly figures: ReferenceFigures;
  };
  readonly mcnemar: readonly { readonly pair: readonly [number, number]; readonly p: number }[];
  readonly quantiles: {
    readonly values: readonly number[];
    readonly intervals: readonly {
      readonly confidence: number;
      readonly bounds: readonly [number, number];
    }[];
  };
  readonly random: Readonly<Record<string, readonly number[]>>;
}

/** By numpy, scipy and scikit-learn: see `make_statistics.py`. */
const reference = JSON.parse(
  readFileSync(new URL('./fixtures/statistics.json', import.meta.url), 'utf8'),
) as Reference;

const cases = reference.cases.map((given) => ({
  ...given,
  kinds: kindsOf({
    labels: given.labels,
    actual: Uint32Array.from(given.actual),
    production: Uint32Array.from(given.production),
    candidate: Uint32Array.from(given.candidate),
  }),
}));

function expectFigures(found: ReturnType<typeof figuresOf>, expected: ReferenceFigures): void {
  expect(found.accuracy).toBeCloseTo(expected.accuracy, 12);
  expect(found.macroF1).toBeCloseTo(expected.macroF1, 12);
  expect([...found.recall].map((value) => (Number.isNaN(value) ? null : value.toFixed(12)))).toEqual(
    expected.recall.map((value) => (value === null ? null : value.toFixed(12))),
  );
}

describe('figures', () => {
  it("are scikit-learn's, of all rows and of a resample", () => {
    for (const { kinds, resample, figures, resampled } of cases) {
      expectFigures(figuresOf(kinds, 'production', countKinds(kinds, kinds.ofRow.keys())), figures);
      expectFigures(figuresOf(kinds, 'candidate', countKinds(kinds, resample)), resampled);
    }
  });

  it('count a label without rows as 0, and have no recall of it', () => {
    const { actual, predicted, rows, figures } = reference.gaps;
    const answers = Uint32Array.from(predicted);
    const kinds = kindsOf({
      labels: 3,
      actual: Uint32Array.from(actual),
      production: answers,
      candidate: answers,
    });
    expectFigures(figuresOf(kinds, 'production', countKinds(kinds, rows)), figures);
  });
});

describe('the bootstrap', () => {
  it.each(cases)('of $actual.length rows finds the intervals that numpy finds', async (given) => {
    const { labels } = given;
    const rows = given.actual.length;
    const { accuracy, macroF1, recall } = await bootstrap(given.kinds, { replicates: 20_000, seed: 1 });
    // A bound of 20 000 draws wanders by about a hundredth of the interval's width; a figure moves in steps of a row.
    for (const [found, expected, judged] of [
      [accuracy, given.bootstrap.accuracy, rows],
      [macroF1, given.bootstrap.macroF1, rows],
      [recall[0] as Float64Array, given.bootstrap.recallOfFirst, rows / labels],
    ] as const) {
      const bounds = interval(found, 0.95);
      const tolerance = 0.03 * (expected.high - expected.low) + 0.5 / judged;
      expect(Math.abs((bounds?.low ?? Number.NaN) - expected.low)).toBeLessThan(tolerance);
      expect(Math.abs((bounds?.high ?? Number.NaN) - expected.high)).toBeLessThan(tolerance);
    }
  });

  it('draws the same for the same seed, and something else for another', async () => {
    const { kinds } = cases[0] as (typeof cases)[number];
    const draw = async (seed: number) => (await bootstrap(kinds, { replicates: 100, seed })).macroF1;
    expect(await draw(5)).toEqual(await draw(5));
    expect(await draw(5)).not.toEqual(await draw(6));
  });

  it('takes the rows of both models together: two equal models never differ', async () => {
    const { kinds } = cases[0] as (typeof cases)[number];
    const same = { ...kinds, candidate: kinds.production };
    const { macroF1 } = await bootstrap(same, { replicates: 200, seed: 0 });
    expect(macroF1.every((value) => value === 0)).toBe(true);
  });
});

describe('the interval', () => {
  it("has numpy's quantiles as its bounds", () => {
    const { values, intervals } = reference.quantiles;
    for (const { confidence, bounds } of intervals) {
      const found = interval(Float64Array.from(values), confidence);
      expect(found?.low).toBeCloseTo(bounds[0], 12);
      expect(found?.high).toBeCloseTo(bounds[1], 12);
    }
  });

  it('leaves out draws that have no figure', () => {
    expect(interval(Float64Array.of(Number.NaN, 1, 3, Number.NaN, 2), 0.9999)?.high).toBeCloseTo(3, 3);
    expect(interval(Float64Array.of(Number.NaN), 0.95)).toBeUndefined();
  });
});

describe("McNemar's test", () => {
  it.each(reference.mcnemar)("has scipy's p for $pair", ({ pair, p }) => {
    const found = mcnemar(...pair).p;
    expect(Math.abs(found - p)).toBeLessThanOrEqual(1e-9 * p);
  });
});

describe('the random numbers', () => {
  it('are those of xoshiro128** over SplitMix32', () => {
    for (const [seed, expected] of Object.entries(reference.random)) {
      const random = new Random(Number(seed));
      expect(expected.map(() => random.next())).toEqual(expected);
    }
  });

  it('are each as likely, also for a limit that does not divide 2³²', () => {
    const random = new Random(3);
    const counts = new Uint32Array(7);
    for (let i = 0; i < 70_000; i++) {
      const value = random.below(7);
      counts[value] = (counts[value] as number) + 1;
    }
    // Six degrees of freedom: above 22.5 once in a thousand seeds.
    const chi = [...counts].reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chi).toBeLessThan(22.5);
  });
});
