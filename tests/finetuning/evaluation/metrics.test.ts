import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { confusionMatrix, metricsOf } from '../../../finetuning/evaluation/index.js';
import { decide } from '../../../finetuning/evaluation/decide.js';

interface Case {
  readonly name: string;
  readonly labels: number;
  readonly actual: number[];
  readonly predicted: number[];
  readonly accuracy: number;
  readonly macro_precision: number;
  readonly macro_recall: number;
  readonly macro_f1: number;
  readonly micro_f1: number;
  readonly weighted_precision: number;
  readonly weighted_recall: number;
  readonly weighted_f1: number;
  readonly mcc: number;
  readonly precision: number[];
  readonly recall: number[];
  readonly f1: number[];
  readonly support: number[];
  readonly confusion: number[][];
}

const FIGURES = [
  'accuracy',
  ...(['macro_precision', 'macro_recall', 'macro_f1', 'micro_f1'] as const),
  ...(['weighted_precision', 'weighted_recall', 'weighted_f1', 'mcc'] as const),
] as const;

const fixture = join(dirname(fileURLToPath(import.meta.url)), 'fixtures', 'metrics.json');
const cases = JSON.parse(readFileSync(fixture, 'utf8')) as Case[];

describe('metrics equal scikit-learn’s', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, expected) => {
    const { labels } = expected;
    const matrix = confusionMatrix(
      Uint32Array.from(expected.actual),
      Uint32Array.from(expected.predicted),
      labels,
    );
    expect(expected.confusion.flat()).toEqual([...matrix.counts]);
    const metrics = metricsOf(matrix);
    for (const name of FIGURES) expect(metrics[name]).toBeCloseTo(expected[name], 12);
    for (const [label, found] of metrics.classes.entries()) {
      expect(found.precision).toBeCloseTo(expected.precision[label] as number, 12);
      expect(found.recall).toBeCloseTo(expected.recall[label] as number, 12);
      expect(found.f1).toBeCloseTo(expected.f1[label] as number, 12);
      expect(found.support).toBe(expected.support[label]);
    }
  });

  it('covers labels that are never said, and that have no rows', () => {
    expect(cases.some(({ confusion }) => confusion.some((row) => row.every((count) => count === 0)))).toBe(
      true,
    );
    expect(cases.some(({ labels, predicted }) => new Set(predicted).size < labels)).toBe(true);
  });
});

describe('deciding', () => {
  it('takes the largest logit, the first of several, with its softmax probability', () => {
    const { predicted, confidence } = decide(Float32Array.of(1, 3, 2, 5, 5, 0, 1000, -1000, 0), 3, 'any');
    expect([...predicted]).toEqual([1, 0, 0]);
    expect(confidence[0]).toBeCloseTo(Math.exp(3) / (Math.exp(1) + Math.exp(3) + Math.exp(2)), 12);
    expect(confidence[2]).toBe(1);
  });

  it.each([Number.NaN, Infinity, -Infinity])('refuses a logit of %s', (logit) => {
    expect(() => decide(Float32Array.of(0, 1, 0, logit), 2, 'finetuned')).toThrow(
      expect.objectContaining({
        code: 'not-finite',
        message: expect.stringContaining('test row 2') as string,
      }) as Error,
    );
  });
});
