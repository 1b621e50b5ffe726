import type { Metric, NumberAnswer } from 'reprise/finetuning';

/**
 * Lin's concordance correlation coefficient: how near the points (right, said) lie to the line on which both are the same. 1 is on
 * it; a correlation alone would not mind numbers that are all too high, or all doubled.
 */
export function createMetric(): Metric<NumberAnswer> {
  return (rows) => {
    const mean = (of: (row: NumberAnswer) => number): number =>
      rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
    const [right, said] = [mean(({ label }) => label), mean(({ prediction }) => prediction)];
    const spread =
      mean(({ label }) => (label - right) ** 2) + mean(({ prediction }) => (prediction - said) ** 2);
    const together = mean(({ label, prediction }) => (label - right) * (prediction - said));
    const apart = spread + (right - said) ** 2;
    return apart === 0 ? null : (2 * together) / apart;
  };
}
