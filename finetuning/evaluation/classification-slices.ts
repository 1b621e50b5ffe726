import type { Comparison } from './comparison.js';
import { round } from './round.js';
import { slicesOf } from './slices.js';

/** How often both models are right on some of the rows. */
export interface ClassificationSlice {
  readonly by: string;
  readonly value: string;
  readonly rows: number;
  /** Accuracies. */
  readonly base: number | null;
  readonly finetuned: number | null;
}

/** By length of the texts, and by fields of the rows; what is right by label are the figures of labels. */
export function classificationSlices(
  { rows, actual, base, finetuned }: Comparison,
  fields: readonly string[],
): ClassificationSlice[] {
  const sliced = rows.map((row) => ({
    // Rows keep the fields that are not theirs.
    fields: row as unknown as Readonly<Record<string, unknown>>,
    ...('text' in row ? { length: row.text.length } : {}),
  }));
  return slicesOf(sliced, fields).map(({ by, value, rows: of }) => {
    const accuracy = (predicted: Uint32Array): number | null =>
      round(of.filter((row) => predicted[row] === actual[row]).length / of.length);
    const [before, after] = [accuracy(base.predicted), accuracy(finetuned.predicted)];
    return { by, value, rows: of.length, base: before, finetuned: after };
  });
}
