import { readFileSync } from 'node:fs';
import {
  multiLabelMetrics,
  type MultiLabelMetrics,
} from '../../../finetuning/evaluation/metrics-multi-label.js';
import {
  regressionMetrics,
  type RegressionMetrics,
} from '../../../finetuning/evaluation/metrics-regression.js';
import {
  regressionByOutput,
  type RegressionByOutput,
} from '../../../finetuning/evaluation/regression-by-output.js';

/** scikit-learn and SciPy are the judges: see make_head_metrics.py. */
const { regression, multi_label, several_numbers } = JSON.parse(
  readFileSync('tests/finetuning/evaluation/fixtures/head_metrics.json', 'utf8'),
) as {
  readonly regression: readonly {
    readonly actual: number[];
    readonly predicted: number[];
    readonly expected: RegressionMetrics;
  }[];
  readonly several_numbers: readonly {
    readonly actual: number[];
    readonly predicted: number[];
    readonly outputs: number;
    readonly expected: RegressionByOutput;
  }[];
  readonly multi_label: readonly {
    readonly actual: number[];
    readonly predicted: number[];
    readonly labels: number;
    readonly expected: MultiLabelMetrics;
  }[];
};

function expectNear(found: unknown, expected: unknown, path: string): void {
  if (typeof expected !== 'object' || expected === null) {
    const near =
      Math.abs((found as number) - (expected as number)) <= 1e-9 * Math.max(1, Math.abs(expected as number));
    return expect({ path, found: near ? expected : found }).toEqual({ path, found: expected });
  }
  expect(Object.keys(found as object).sort()).toEqual(Object.keys(expected).sort());
  for (const [key, value] of Object.entries(expected))
    expectNear((found as Record<string, unknown>)[key], value, `${path}.${key}`);
}

it.each(regression.map((each, index) => [index, each] as const))('numbers, case %d', (index, each) => {
  expectNear(regressionMetrics(each.actual, each.predicted), each.expected, `case ${index}`);
});

it('of numbers that are all the same have no correlation', () => {
  expect(regressionMetrics([1, 1], [1, 2])).toEqual({
    ...{ mse: 0.5, rmse: Math.SQRT1_2, mae: 0.5 },
    ...{ r2: null, pearson: null, spearman: null },
  });
});

it.each(several_numbers.map((each, index) => [index, each] as const))(
  'several numbers, case %d',
  (index, { actual, predicted, outputs, expected }) => {
    const labels = Array.from({ length: outputs }, (_, at) => String(at));
    expectNear(regressionByOutput(actual, predicted, labels), expected, `case ${index}`);
  },
);

it('of several numbers have no mean correlation where one output has none', () => {
  const { mean, outputs } = regressionByOutput([1, 1, 1, 2], [1, 1, 2, 3], ['same', 'other']);
  const errors = { mse: 0.5, mae: 0.5 };
  const root = expect.closeTo(Math.SQRT1_2 / 2 + Math.SQRT1_2 / 2, 12) as number;
  expect(mean).toEqual({ ...errors, rmse: root, r2: null, pearson: null, spearman: null });
  const whole = expect.closeTo(1, 12) as number;
  expect(outputs[1]).toMatchObject({ ...errors, r2: -1, pearson: whole, spearman: whole });
});

it.each(multi_label.map((each, index) => [index, each] as const))(
  'several labels, case %d',
  (index, each) => {
    expectNear(multiLabelMetrics(each.actual, each.predicted, each.labels), each.expected, `case ${index}`);
  },
);
