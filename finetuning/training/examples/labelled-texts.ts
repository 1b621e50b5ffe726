import type { ProblemType } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { md5 } from '../../data/ingestion/digest.js';
import { readTextRows, type Answer, type TextInput } from '../../data/index.js';
import { rowLocation, type RowFile } from './dataset.js';

export interface LabelledRows extends RowFile {
  readonly labels: readonly string[];
}

/** Texts, and what is to be said of each. */
export interface AnsweredTexts extends RowFile {
  readonly inputs: readonly TextInput[];
  readonly answers: readonly Answer[];
}

/** @throws DiagnosticError `no-rows`, those of `readTextRows` */
export async function readAnsweredTexts(path: string, problem: ProblemType): Promise<AnsweredTexts> {
  const inputs: TextInput[] = [];
  const answers: Answer[] = [];
  const lines: number[] = [];
  for await (const { input, answer, number } of readTextRows(path, path, problem)) {
    inputs.push(input);
    answers.push(answer);
    lines.push(number);
  }
  if (inputs.length === 0)
    throw new DiagnosticError('no-rows', {
      message: `${path} has no rows`,
      at: { file: path },
      fix: 'run the stage that makes it again',
    });
  return { file: path, count: inputs.length, inputs, answers, lines, md5: await md5(path) };
}

/** The classes, in the order of the logits: sorted by code point, so that they are the same everywhere. */
export function labelSet(train: LabelledRows): string[] {
  const labels = [...new Set(train.labels)].sort();
  if (labels.length < 2)
    throw new DiagnosticError('one-label', {
      message: `every row of ${train.file} has the label ${labels[0]}`,
      at: { file: train.file },
      expected: 'at least two labels',
      fix: 'train on rows of several labels',
    });
  return labels;
}

/** @throws DiagnosticError `unknown-label` for a label that training never saw */
export function labelIndices(rows: LabelledRows, labels: readonly string[]): Int32Array {
  const index = new Map(labels.map((label, at) => [label, at]));
  return Int32Array.from(rows.labels, (label, row) => {
    const at = index.get(label);
    if (at !== undefined) return at;
    throw new DiagnosticError('unknown-label', {
      message: `no training row has the label ${label}`,
      at: rowLocation(rows, row),
      fix: 'split the data so that every label is in the training rows',
    });
  });
}
