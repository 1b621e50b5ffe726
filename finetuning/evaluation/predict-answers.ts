import { writeFiles } from '../data/index.js';
import { askAll, saidOf, type OtherProblem } from './answer-rows.js';
import { allQuestions, type PredictOptions } from './predict.js';

/**
 * Lets a model that says a number, or any number of labels, answer rows: each with `prediction`, and `scores` of the labels.
 * What is known of a row's answer is shown as it is.
 *
 * @returns how many rows
 * @throws DiagnosticError `no-rows`, `not-finite`, those of `readQuestions` and of the model
 */
export async function predictAnswers(
  options: PredictOptions & { readonly problem: OtherProblem },
): Promise<number> {
  const { output, batchSize, problem, open, onProgress } = options;
  const questions = await allQuestions(options, false);
  const inputs = questions.map(({ input }) => input);
  const { logits, labels } = await askAll(open, inputs, {
    batchSize,
    onProgress: (step, total) => onProgress?.({ step, total, message: 'predicting' }),
  });
  const said = saidOf(logits, labels, problem);
  await writeFiles([output], ([file]) => {
    said.forEach((answer, row) => file?.write(JSON.stringify({ ...questions[row]?.shown, ...answer })));
  });
  return said.length;
}
