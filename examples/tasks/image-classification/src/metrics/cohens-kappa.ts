import type { LabelledAnswer, Metric } from 'reprise/finetuning';

/**
 * Cohen's kappa: how often the model is right, beyond what it would be by chance if it said each label as often as it does. 1 is
 * always, 0 as by chance.
 */
export function createMetric(): Metric<LabelledAnswer> {
  return (rows) => {
    const right = new Map<string, number>();
    const said = new Map<string, number>();
    let agreed = 0;
    for (const { label, prediction } of rows) {
      right.set(label, (right.get(label) ?? 0) + 1);
      said.set(prediction, (said.get(prediction) ?? 0) + 1);
      if (label === prediction) agreed++;
    }
    const observed = agreed / rows.length;
    let expected = 0;
    for (const [label, count] of right) expected += (count * (said.get(label) ?? 0)) / rows.length ** 2;
    return expected === 1 ? null : (observed - expected) / (1 - expected);
  };
}
