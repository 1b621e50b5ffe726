import { readFileSync } from 'node:fs';
import { calibrationBins } from '../../../finetuning/evaluation/calibration.js';
import { precisionRecallCurve, rocCurve } from '../../../finetuning/evaluation/curves.js';
import { probabilitiesOf } from '../../../finetuning/evaluation/decide.js';
import {
  probabilityMetrics,
  type ProbabilityMetrics,
} from '../../../finetuning/evaluation/probability-metrics.js';

type Curve = [number[], number[]];

interface Case {
  readonly name: string;
  readonly labels: number;
  readonly actual: number[];
  readonly logits: number[];
  readonly roc_auc: number;
  readonly pr_auc: number;
  readonly roc_auc_classes: (number | null)[];
  readonly pr_auc_classes: (number | null)[];
  readonly log_loss: number;
  readonly ece: number;
  readonly top_k: Record<string, number>;
  readonly roc_curve?: Curve;
  readonly pr_curve?: Curve;
}

const fixture = new URL('fixtures/probabilities.json', import.meta.url);
const cases = JSON.parse(readFileSync(fixture, 'utf8')) as Case[];

function metricsOf({ actual, logits, labels }: Case): ProbabilityMetrics {
  const probabilities = probabilitiesOf(Float32Array.from(logits), labels);
  const options = { calibrationBins: 15, topK: [5, 2, 3, 100] };
  return probabilityMetrics(Uint32Array.from(actual), probabilities, labels, options);
}

describe('figures of probabilities equal scikit-learn’s', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, expected) => {
    const metrics = metricsOf(expected);
    for (const name of ['roc_auc', 'pr_auc', 'log_loss', 'ece'] as const)
      expect(metrics[name]).toBeCloseTo(expected[name], 10);
    for (const [label, found] of metrics.classes.entries())
      for (const name of ['roc_auc', 'pr_auc'] as const) {
        const value = expected[`${name}_classes`][label] ?? null;
        expect(found[name]).toEqual(value === null ? Number.NaN : expect.closeTo(value, 10));
      }
    expect([...metrics.top_k].map(([k, share]) => [String(k), share])).toEqual(
      Object.entries(expected.top_k).map(([k, share]) => [k, expect.closeTo(share, 10)]),
    );
    expect(metrics.calibration.reduce((sum, { rows }) => sum + rows, 0)).toBe(expected.actual.length);
  });

  it('as curves', () => {
    const expected = cases[0] as Case;
    const { ranking } = metricsOf(expected);
    const roc = rocCurve(ranking);
    const close = (values: number[]) => values.map((value) => expect.closeTo(value, 6) as number);
    expect(roc.map((point) => point.false_positive_rate)).toEqual(close(expected.roc_curve?.[0] ?? []));
    expect(roc.map((point) => point.true_positive_rate)).toEqual(close(expected.roc_curve?.[1] ?? []));
    const curve = precisionRecallCurve(ranking);
    expect(curve.map(({ precision }) => precision)).toEqual(close(expected.pr_curve?.[0] ?? []));
    expect(curve.map(({ recall }) => recall)).toEqual(close(expected.pr_curve?.[1] ?? []));
  });

  it('as curves of few points, however many rows there are', () => {
    const probabilities = Float64Array.from({ length: 2000 }, (_, cell) => ((cell * 7919) % 2003) / 2003);
    const actual = Uint32Array.from({ length: 1000 }, (_, row) => row % 2);
    const { ranking } = probabilityMetrics(actual, probabilities, 2, { calibrationBins: 5, topK: [] });
    const curve = rocCurve(ranking);
    expect(curve).toHaveLength(200);
    expect(curve[0]).toEqual({ false_positive_rate: 0, true_positive_rate: 0 });
    expect(curve.at(-1)).toEqual({ false_positive_rate: 1, true_positive_rate: 1 });
  });
});

describe('calibration', () => {
  it('puts a confidence on a border into the bin below, and 1 into the last', () => {
    const confidence = Float64Array.of(0, 0.5, 0.500001, 1);
    expect(calibrationBins(confidence, (row) => row > 1, 2)).toEqual([
      { confidence: 0.25, accuracy: 0, rows: 2 },
      { confidence: expect.closeTo(0.7500005, 9), accuracy: 1, rows: 2 },
    ]);
  });
});
