/** Rows of label `i` that were said to be `j`, at [i · labels + j]. */
export interface ConfusionMatrix {
  readonly labels: number;
  readonly counts: Uint32Array;
}

export interface ClassMetrics {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows that have this label. */
  readonly support: number;
}

export interface Metrics {
  readonly accuracy: number;
  readonly macro_precision: number;
  readonly macro_recall: number;
  readonly macro_f1: number;
  /** Over all rows and labels together; of rows with one label each this is the accuracy. */
  readonly micro_f1: number;
  /** Means over the labels, each counting as many times as it has rows. */
  readonly weighted_precision: number;
  readonly weighted_recall: number;
  readonly weighted_f1: number;
  /** Matthews' correlation coefficient, of any number of labels: 1 all right, 0 as by chance. */
  readonly mcc: number;
  /** By label number. */
  readonly classes: readonly ClassMetrics[];
}

/** @param actual, predicted label numbers, [rows] */
export function confusionMatrix(
  actual: Uint32Array,
  predicted: Uint32Array,
  labels: number,
): ConfusionMatrix {
  if (actual.length !== predicted.length) throw new RangeError('actual and predicted differ in length');
  const counts = new Uint32Array(labels * labels);
  for (let row = 0; row < actual.length; row++) {
    const cell = (actual[row] as number) * labels + (predicted[row] as number);
    counts[cell] = (counts[cell] as number) + 1;
  }
  return { labels, counts };
}

/**
 * As scikit-learn's `precision_recall_fscore_support(zero_division=0)` and `matthews_corrcoef` over all labels: a label that
 * was never predicted has precision 0, one with no rows recall 0, and both count in the mean.
 */
export function metricsOf({ labels, counts }: ConfusionMatrix): Metrics {
  const support = new Float64Array(labels);
  const said = new Float64Array(labels);
  let right = 0;
  let rows = 0;
  for (let actual = 0; actual < labels; actual++)
    for (let predicted = 0; predicted < labels; predicted++) {
      const count = counts[actual * labels + predicted] as number;
      support[actual] = (support[actual] as number) + count;
      said[predicted] = (said[predicted] as number) + count;
      rows += count;
      if (actual === predicted) right += count;
    }
  const classes = Array.from({ length: labels }, (_, label): ClassMetrics => {
    const hits = counts[label * labels + label] as number;
    return {
      precision: ratio(hits, said[label] as number),
      recall: ratio(hits, support[label] as number),
      f1: ratio(2 * hits, (said[label] as number) + (support[label] as number)),
      support: support[label] as number,
    };
  });
  const mean = (of: (metrics: ClassMetrics) => number): number =>
    ratio(
      classes.reduce((sum, metrics) => sum + of(metrics), 0),
      labels,
    );
  const weighted = (of: (metrics: ClassMetrics) => number): number =>
    ratio(
      classes.reduce((sum, metrics) => sum + of(metrics) * metrics.support, 0),
      rows,
    );
  const product = (one: Float64Array, other: Float64Array): number =>
    one.reduce((sum, count, label) => sum + count * (other[label] as number), 0);
  const spread = Math.sqrt((rows ** 2 - product(said, said)) * (rows ** 2 - product(support, support)));
  return {
    accuracy: ratio(right, rows),
    macro_precision: mean((metrics) => metrics.precision),
    macro_recall: mean((metrics) => metrics.recall),
    macro_f1: mean((metrics) => metrics.f1),
    micro_f1: ratio(right, rows),
    weighted_precision: weighted((metrics) => metrics.precision),
    weighted_recall: weighted((metrics) => metrics.recall),
    weighted_f1: weighted((metrics) => metrics.f1),
    mcc: ratio(right * rows - product(said, support), spread),
    classes,
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
