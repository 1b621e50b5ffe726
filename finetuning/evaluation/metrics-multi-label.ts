import type { ClassMetrics } from './metrics.js';

/** How well rows are given their labels, of which each may have none, one or many. */
export interface MultiLabelMetrics {
  /** Over all rows and labels together. */
  readonly micro_precision: number;
  readonly micro_recall: number;
  readonly micro_f1: number;
  /** Means over the labels. */
  readonly macro_precision: number;
  readonly macro_recall: number;
  readonly macro_f1: number;
  /** Share of rows that are given all of their labels and no other. */
  readonly subset_accuracy: number;
  /** Share of (row, label) that is wrong. */
  readonly hamming_loss: number;
  /** By label number. */
  readonly classes: readonly ClassMetrics[];
}

/**
 * As scikit-learn's `precision_recall_fscore_support(…, zero_division=0)`, `accuracy_score` and `hamming_loss` of indicator
 * matrices.
 *
 * @param actual, predicted 1 where a row has a label, or is given it, [rows, labels]
 */
export function multiLabelMetrics(
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
  labels: number,
): MultiLabelMetrics {
  if (actual.length !== predicted.length) throw new RangeError('actual and predicted differ in length');
  const rows = actual.length / labels;
  const counts = Array.from({ length: labels }, () => ({ hits: 0, said: 0, support: 0 }));
  let [wrong, wholly] = [0, 0];
  for (let row = 0; row < rows; row++) {
    let differ = 0;
    counts.forEach((count, label) => {
      const [has, given] = [actual[row * labels + label] === 1, predicted[row * labels + label] === 1];
      if (has) count.support++;
      if (given) count.said++;
      if (has && given) count.hits++;
      if (has !== given) differ++;
    });
    wrong += differ;
    if (differ === 0) wholly++;
  }
  const classes = counts.map(measures);
  const all = counts.reduce(
    (sum, { hits, said, support }) => ({
      hits: sum.hits + hits,
      said: sum.said + said,
      support: sum.support + support,
    }),
    { hits: 0, said: 0, support: 0 },
  );
  const micro = measures(all);
  const mean = (of: (metrics: ClassMetrics) => number): number =>
    ratio(classes.reduce((sum, metrics) => sum + of(metrics), 0), labels); // prettier-ignore
  return {
    micro_precision: micro.precision,
    micro_recall: micro.recall,
    micro_f1: micro.f1,
    macro_precision: mean(({ precision }) => precision),
    macro_recall: mean(({ recall }) => recall),
    macro_f1: mean(({ f1 }) => f1),
    subset_accuracy: ratio(wholly, rows),
    hamming_loss: ratio(wrong, actual.length),
    classes,
  };
}

function measures({
  hits,
  said,
  support,
}: {
  readonly hits: number;
  readonly said: number;
  readonly support: number;
}): ClassMetrics {
  return {
    precision: ratio(hits, said),
    recall: ratio(hits, support),
    f1: ratio(2 * hits, said + support),
    support,
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
