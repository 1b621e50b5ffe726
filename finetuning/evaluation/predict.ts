import { relative } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import {
  readQuestions,
  writeFiles,
  type OnProgress,
  type OwnColumns,
  type QuestionLine,
} from '../data/index.js';
import type { Classifier } from './classifier.js';
import { decide } from './decide.js';
import { CONFIDENCE_DECIMALS, round } from './round.js';

export interface PredictOptions {
  readonly root: string;
  /** Absolute path of the rows or the folder of pictures: see `readQuestions`. */
  readonly input: string;
  /** What tables of the project's own call their columns. */
  readonly columns?: OwnColumns;
  /** Absolute path of the JSON lines to write: id, text or image, label where it is known, prediction, confidence. */
  readonly output: string;
  /** See `QuestionOptions`. */
  readonly onBlank?: (line: number) => void;
  readonly batchSize: number;
  open(): Promise<Classifier>;
  readonly onProgress?: OnProgress;
}

/**
 * @param oneLabel see `QuestionOptions`
 * @throws DiagnosticError `no-rows`, those of `readQuestions`
 */
export async function allQuestions(
  { root, input, columns, onBlank }: Pick<PredictOptions, 'root' | 'input' | 'columns' | 'onBlank'>,
  oneLabel: boolean,
): Promise<QuestionLine[]> {
  const file = relative(root, input) || input;
  const questions: QuestionLine[] = [];
  const how = { ...(columns && { columns }), ...(onBlank && { onBlank }), oneLabel };
  for await (const question of readQuestions(input, file, how)) questions.push(question);
  if (questions.length > 0) return questions;
  throw new DiagnosticError('no-rows', {
    message: `${file} has no rows`,
    at: { file },
    fix: 'run the stage that makes it, or name another file',
  });
}

/**
 * Lets one model answer rows. It answers with the labels that it was trained with, which need not be today's: a row with a
 * label that it does not know it has wrong.
 *
 * @returns how many rows
 * @throws DiagnosticError `no-rows`, `not-finite`, those of `readQuestions` and of the model
 */
export async function predictLabels(options: PredictOptions): Promise<number> {
  const { output, batchSize, open, onProgress } = options;
  const questions = await allQuestions(options, true);
  const classifier = await open();
  try {
    const inputs = questions.map((question) => question.input);
    const logits = await classifier.predict(inputs, {
      batchSize,
      onProgress: (step, total) => onProgress?.({ step, total, message: 'predicting' }),
    });
    const { labels } = classifier;
    const { predicted, confidence } = decide(logits, labels.length, 'given');
    await writeFiles([output], ([writer]) => {
      for (const [index, { shown }] of questions.entries())
        writer?.write(
          JSON.stringify({
            ...shown,
            prediction: labels[predicted[index] as number],
            confidence: round(confidence[index] as number, CONFIDENCE_DECIMALS),
          }),
        );
    });
    return questions.length;
  } finally {
    classifier.dispose();
  }
}
