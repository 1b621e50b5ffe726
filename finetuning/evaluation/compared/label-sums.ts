import type { RowSums } from '../../../statistics/index.js';
import { labelMeasures, meanMeasures } from '../metrics-multi-label.js';

/** Of each label: rows that are given it rightly, are given it, and have it. */
const PER_LABEL = 3;
/** Rows, those that are wholly right, labels that are wrong, and F1 of the row. */
const PER_ROW = 4;

/**
 * What the figures of several labels are made of, row by row.
 *
 * @param actual 1 where a row has a label, [rows, labels]
 * @param logits above 0 where it is given, [rows, labels]
 */
export function labelSums(actual: ArrayLike<number>, logits: ArrayLike<number>, labels: number): RowSums {
  const rows = actual.length / labels;
  const width = PER_LABEL * labels + PER_ROW;
  const values = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    let [hits, said, support] = [0, 0, 0];
    for (let label = 0; label < labels; label++) {
      const has = actual[row * labels + label] === 1;
      const given = (logits[row * labels + label] as number) > 0;
      hits += Number(has && given);
      said += Number(given);
      support += Number(has);
      values.set([Number(has && given), Number(given), Number(has)], row * width + label * PER_LABEL);
    }
    const wrong = said + support - 2 * hits;
    const { f1 } = labelMeasures({ hits, said, support });
    values.set([1, Number(wrong === 0), wrong, f1], row * width + labels * PER_LABEL);
  }
  return { width, values };
}

export function labelFiguresOf(sums: Float64Array, labels: number): Record<string, number> {
  const counts = Array.from({ length: labels }, (_, label) => {
    const [hits, said, support] = sums.subarray(label * PER_LABEL) as unknown as [number, number, number];
    return { hits, said, support };
  });
  const [rows, whole, wrong, f1] = sums.subarray(labels * PER_LABEL) as unknown as [
    number,
    number,
    number,
    number,
  ];
  const { micro, macro } = meanMeasures(counts);
  return {
    micro_f1: micro.f1,
    macro_f1: macro.f1,
    samples_f1: f1 / rows,
    subset_accuracy: whole / rows,
    hamming_loss: wrong / (rows * labels),
  };
}
