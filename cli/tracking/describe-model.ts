import { readFileSync } from 'node:fs';
import type { FinetuningMethod } from '../../configs/index.js';
import {
  readPrompts,
  readQuestions,
  readTextRows,
  type FinetunedFolder,
  type PromptRow,
} from '../../finetuning/index.js';
import { SIGNATURES, type ModelSignature } from '../../tracking/index.js';

/** Name → path of a model's files. */
type Files = Readonly<Record<string, string>>;

/** Only models of pictures say how these become inputs. */
const seesPictures = (files: Files): boolean => 'preprocessor_config.json' in files;

/** What a model is asked, and what it says. */
export function signatureOf({ generates, labels, problem }: FinetunedFolder, files: Files): ModelSignature {
  if (generates) return SIGNATURES.promptText;
  if (seesPictures(files)) return SIGNATURES.pictureLabel;
  switch (problem) {
    case 'single_label_classification':
      return SIGNATURES.textLabel;
    case 'multi_label_classification':
      return SIGNATURES.textLabels;
    case 'regression':
      return SIGNATURES.textNumbers(labels);
  }
}

/** What the code that loads it imports, beside what every model needs. */
export function packagesOf(
  { base }: FinetunedFolder,
  files: Files,
  method: FinetuningMethod,
): readonly string[] {
  const ofPictures = seesPictures(files);
  return [
    ...(ofPictures ? ['pillow', 'torchvision'] : []),
    ...(base && method !== 'adapter' ? ['peft'] : []),
    // A ResNet's are loaded without it.
    ...(method === 'adapter' && !ofPictures ? ['adapters'] : []),
    ...(method === 'qlora' ? ['bitsandbytes'] : []),
  ];
}

/** Rows that are looked at for one that has all columns. */
const LOOKED_AT = 100;
/** Of a text that a model is to go on from. */
const WORDS = 5;

/**
 * A row of the inputs: one that was trained on.
 *
 * @param trainFile rows, or a folder of pictures
 */
export async function exampleOf(
  { generates, problem }: FinetunedFolder,
  files: Files,
  trainFile: string,
): Promise<Readonly<Record<string, unknown>>> {
  if (generates) {
    for await (const { prompt } of readPrompts(trainFile, trainFile)) return promptOf(prompt);
    return {};
  }
  if (seesPictures(files)) {
    // Wherever the model is loaded, the file itself is not.
    for await (const { input } of readQuestions(trainFile, trainFile))
      return { image: readFileSync(input as string).toString('base64') };
    return {};
  }
  let first: Readonly<Record<string, unknown>> = {};
  let seen = 0;
  for await (const { input } of readTextRows(trainFile, trainFile, problem)) {
    if (typeof input !== 'string') return { text: input.text, text_pair: input.textPair };
    if (seen === 0) first = { text: input };
    if (++seen === LOOKED_AT) break;
  }
  return first;
}

function promptOf(row: PromptRow): Readonly<Record<string, unknown>> {
  if (!('text' in row)) return row;
  return { prompt: row.text.split(/\s+/).slice(0, WORDS).join(' ') };
}
