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
  /** Means over the labels, each counting as many times as it has rows. */
  readonly weighted_precision: number;
  readonly weighted_recall: number;
  readonly weighted_f1: number;
  /** Means over the rows. */
  readonly samples_precision: number;
  readonly samples_recall: number;
  readonly samples_f1: number;
  /** Share of rows that are given all of their labels and no other. */
  readonly subset_accuracy: number;
  /** Share of (row, label) that is wrong. */
  readonly hamming_loss: number;
  /** By label number. */
  readonly classes: readonly ClassMetrics[];
}

/** How often a label is given rightly, is given, and should be. */
export interface LabelCounts {
  readonly hits: number;
  readonly said: number;
  readonly support: number;
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
  const samples = { precision: 0, recall: 0, f1: 0 };
  let [wrong, wholly] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const own = { hits: 0, said: 0, support: 0 };
    counts.forEach((count, label) => {
      const [has, given] = [actual[row * labels + label] === 1, predicted[row * labels + label] === 1];
      for (const counted of [count, own]) {
        if (has) counted.support++;
        if (given) counted.said++;
        if (has && given) counted.hits++;
      }
    });
    const differ = own.support + own.said - 2 * own.hits;
    wrong += differ;
    if (differ === 0) wholly++;
    const { precision, recall, f1 } = labelMeasures(own);
    samples.precision += precision;
    samples.recall += recall;
    samples.f1 += f1;
  }
  const { classes, micro, macro, weighted } = meanMeasures(counts);
  return {
    micro_precision: micro.precision,
    micro_recall: micro.recall,
    micro_f1: micro.f1,
    macro_precision: macro.precision,
    macro_recall: macro.recall,
    macro_f1: macro.f1,
    weighted_precision: weighted.precision,
    weighted_recall: weighted.recall,
    weighted_f1: weighted.f1,
    samples_precision: ratio(samples.precision, rows),
    samples_recall: ratio(samples.recall, rows),
    samples_f1: ratio(samples.f1, rows),
    subset_accuracy: ratio(wholly, rows),
    hamming_loss: ratio(wrong, actual.length),
    classes,
  };
}

export function labelMeasures({ hits, said, support }: LabelCounts): ClassMetrics {
  return {
    precision: ratio(hits, said),
    recall: ratio(hits, support),
    f1: ratio(2 * hits, said + support),
    support,
  };
}

type Measures = Omit<ClassMetrics, 'support'>;

/** Each label by itself, and all of them in three ways. */
export function meanMeasures(counts: readonly LabelCounts[]): {
  readonly classes: readonly ClassMetrics[];
  readonly micro: Measures;
  readonly macro: Measures;
  readonly weighted: Measures;
} {
  const classes = counts.map(labelMeasures);
  const total = (name: keyof LabelCounts): number => counts.reduce((sum, count) => sum + count[name], 0);
  const all = { hits: total('hits'), said: total('said'), support: total('support') };
  const mean = (weightOf: (metrics: ClassMetrics) => number): Measures => {
    const weight = classes.reduce((sum, metrics) => sum + weightOf(metrics), 0);
    const of = (name: keyof Measures): number =>
      ratio(classes.reduce((sum, metrics) => sum + metrics[name] * weightOf(metrics), 0), weight); // prettier-ignore
    return { precision: of('precision'), recall: of('recall'), f1: of('f1') };
  };
  return {
    classes,
    micro: labelMeasures(all),
    macro: mean(() => 1),
    weighted: mean(({ support }) => support),
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
