import { join } from 'node:path';
import { projectLayout } from '../../configs/index.js';
import {
  given,
  readLabelledRows,
  writeFiles,
  type LabelledRow,
  type OnProgress,
  type TextInput,
} from '../data/index.js';
import type { Classifier } from './classifier.js';
import { decide } from './decide.js';

export interface PredictOptions {
  readonly root: string;
  /** Absolute path of the JSON lines to write: id, text or image, label, prediction, confidence. */
  readonly output: string;
  readonly batchSize: number;
  open(): Promise<Classifier>;
  readonly onProgress?: OnProgress;
}

const CONFIDENCE_DECIMALS = 4;

/**
 * Lets one model answer the project's test rows. It answers with the labels that it was trained with, which need not be today's:
 * a row with a label that it does not know it has wrong.
 *
 * @returns how many rows
 * @throws DiagnosticError `not-finite`, those of `readLabelledRows` and of the model
 */
export async function predictTestSet(options: PredictOptions): Promise<number> {
  const { root, output, batchSize, open, onProgress } = options;
  const rows: LabelledRow[] = [];
  const inputs: TextInput[] = [];
  for await (const { row, input } of readLabelledRows(join(root, projectLayout.test), projectLayout.test)) {
    rows.push(row);
    inputs.push(input);
  }
  const classifier = await open();
  try {
    const logits = await classifier.predict(inputs, {
      batchSize,
      onProgress: (step, total) => onProgress?.({ step, total, message: 'predicting' }),
    });
    const { labels } = classifier;
    const { predicted, confidence } = decide(logits, labels.length, 'given');
    await writeFiles([output], ([file]) => {
      for (const [index, row] of rows.entries())
        file?.write(
          JSON.stringify({
            id: row.id,
            ...given(row),
            label: row.label,
            prediction: labels[predicted[index] as number],
            confidence: Number((confidence[index] as number).toFixed(CONFIDENCE_DECIMALS)),
          }),
        );
    });
    return rows.length;
  } finally {
    classifier.dispose();
  }
}
