import { join } from 'node:path';
import { projectLayout } from '../../configs/index.js';
import { writeFiles } from '../data/index.js';
import { askAll, readAnswerRows, rowRecord, saidOf, type OtherProblem } from './answer-rows.js';
import type { PredictOptions } from './predict.js';

/**
 * Lets a model that says a number, or any number of labels, answer the project's test rows: each row with `prediction`, and
 * `scores` of the labels.
 *
 * @returns how many rows
 * @throws DiagnosticError `not-finite`, those of `readAnswerRows` and of the model
 */
export async function predictAnswers(
  options: PredictOptions & { readonly problem: OtherProblem },
): Promise<number> {
  const { root, output, batchSize, problem, open, onProgress } = options;
  const rows = await readAnswerRows(join(root, projectLayout.test), projectLayout.test, problem);
  const { logits, labels } = await askAll(open, rows.inputs, {
    batchSize,
    onProgress: (step, total) => onProgress?.({ step, total, message: 'predicting' }),
  });
  const said = saidOf(logits, labels, problem);
  await writeFiles([output], ([file]) => {
    said.forEach((answer, row) =>
      file?.write(JSON.stringify({ ...rowRecord(rows, row, problem), ...answer })),
    );
  });
  return said.length;
}
