import type { FinetuningConfig } from '../../../configs/index.js';
import { causalLanguageModel } from './causal-lm.js';
import type { Dataset } from './dataset.js';
import type { Head } from './head.js';
import { imageClassification } from './image-classification.js';
import { textClassification } from './text-classification.js';

/** Reads the rows as the task wants them. @throws DiagnosticError for what is wrong with the files */
export async function openDataset(
  head: Head,
  trainFile: string,
  valFile: string,
  config: FinetuningConfig,
): Promise<Dataset> {
  switch (head.task) {
    case 'text-classification':
      return textClassification(trainFile, valFile, head);
    case 'causal-lm':
      return causalLanguageModel(trainFile, valFile, config);
    case 'image-classification':
      return imageClassification(trainFile, valFile, config);
  }
}
