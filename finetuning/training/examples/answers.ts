import type { ProblemType } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { AnswerForm } from './answer-form.js';
import { labelIndices, labelSet, type AnsweredTexts } from './labelled-texts.js';
import { numbers } from './number-answers.js';
import { rowLocation } from './dataset.js';

/**
 * @param own names that the model's head has already: several labels to a row are numbered as there, if it has all of them,
 *   and numbers are called as there, if it has as many
 * @throws DiagnosticError `one-label`, `no-labels`, `bad-row`
 */
export function answerForm(problem: ProblemType, train: AnsweredTexts, own: readonly string[]): AnswerForm {
  switch (problem) {
    case 'single_label_classification':
      return oneOf(labelSet({ ...train, labels: train.answers as string[] }));
    case 'multi_label_classification':
      return anyOf(severalLabels(train, own));
    case 'regression':
      return numbers(train, own);
  }
}

function oneOf(labels: readonly string[]): AnswerForm {
  return {
    labels,
    encode(rows) {
      const classes = labelIndices({ ...rows, labels: rows.answers as string[] }, labels);
      return (indices, count) => {
        const given = new Int32Array(count);
        indices.forEach((row, at) => (given[at] = classes[row] as number));
        return given;
      };
    },
  };
}

/** 1 for each label that a row has, [count, labels]. */
function anyOf(labels: readonly string[]): AnswerForm {
  return {
    labels,
    encode(rows) {
      const all = rows.answers as readonly string[][];
      const parts = all.map((names, row) =>
        // One row at a time: rows have none, one or many.
        labelIndices({ ...rows, labels: names, lines: names.map(() => rows.lines[row] as number) }, labels),
      );
      return (indices, count) => {
        const given = new Float32Array(count * labels.length);
        indices.forEach((row, at) => {
          for (const label of parts[row] as Int32Array) given[at * labels.length + label] = 1;
        });
        return given;
      };
    },
  };
}

function severalLabels(train: AnsweredTexts, own: readonly string[]): readonly string[] {
  const found = [...new Set((train.answers as readonly string[][]).flat())].sort();
  if (found.length === 0)
    throw new DiagnosticError('no-labels', {
      message: `no row of ${train.file} has a label`,
      at: rowLocation(train, 0),
      expected: 'rows with names in labels',
      fix: 'train on rows that have labels',
    });
  return found.every((label) => own.includes(label)) ? own : found;
}
