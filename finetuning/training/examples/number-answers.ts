import { DiagnosticError } from '../../../diagnostics/index.js';
import { numberLabels } from '../../models/problem.js';
import type { AnswerForm } from './answer-form.js';
import { rowLocation } from './dataset.js';
import type { AnsweredTexts } from './labelled-texts.js';

type Numbers = number | readonly number[];

const listOf = (answer: Numbers): readonly number[] => (typeof answer === 'number' ? [answer] : answer);

/** Rows of one number, or of as many in each as the first of `train` has: [count, numbers]. */
export function numbers(train: AnsweredTexts, own: readonly string[]): AnswerForm {
  const width = listOf(train.answers[0] as Numbers).length;
  return {
    labels: own.length === width ? own : numberLabels(width),
    encode(rows) {
      const all = (rows.answers as readonly Numbers[]).map(listOf);
      const other = all.findIndex((list) => list.length !== width);
      if (other !== -1) throw otherCount(rows, other, width, train.file);
      return (indices, count) => {
        const given = new Float32Array(count * width);
        indices.forEach((row, at) => given.set(all[row] as readonly number[], at * width));
        return given;
      };
    },
  };
}

function otherCount(rows: AnsweredTexts, row: number, width: number, trainFile: string): DiagnosticError {
  return new DiagnosticError('bad-row', {
    message: 'a row has more or fewer numbers than the first row of training',
    at: rowLocation(rows, row),
    expected: `label: ${width === 1 ? 'a number' : `a list of ${width} numbers`}, as in ${trainFile}`,
    found: JSON.stringify(rows.answers[row]).slice(0, 200),
    fix: 'correct the row: each needs a number for each output of the model',
  });
}
