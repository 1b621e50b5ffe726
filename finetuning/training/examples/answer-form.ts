import type { AnsweredTexts } from './labelled-texts.js';

/** What a batch is told to say: see `labelSpec`. @param count rows of the batch; those beyond `indices` have zeros */
export type BatchLabels = (indices: Int32Array, count: number) => Int32Array | Float32Array;

/** Answers of rows as numbers. */
export interface AnswerForm {
  /** The classes, in the order of the logits. */
  readonly labels: readonly string[];
  /** @throws DiagnosticError `unknown-label` for a label that training never saw, `bad-row` for other than its count of numbers */
  encode(rows: AnsweredTexts): BatchLabels;
}
