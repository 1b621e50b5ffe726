import { join } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { EncodedTexts } from '../../text/encoded-texts.js';
import { bucketFor, lengthBuckets } from '../../text/length-buckets.js';
import { padBatch, textFeeds } from '../../text/padded-batch.js';
import { TextTokenizer } from '../../text/text-tokenizer.js';
import type { Dataset } from './dataset.js';
import type { Examples } from './examples.js';
import type { Head } from './head.js';
import type { BatchLabels } from './answer-form.js';
import { answerForm } from './answers.js';
import { readAnsweredTexts, type AnsweredTexts } from './labelled-texts.js';

/** Rows of a text, or two, with a label, several labels or a number. */
export async function textClassification(
  trainFile: string,
  valFile: string,
  { problem, ownLabels }: Pick<Head, 'problem' | 'ownLabels'>,
): Promise<Dataset> {
  const train = await readAnsweredTexts(trainFile, problem);
  const validation = await readAnsweredTexts(valFile, problem);
  const form = answerForm(problem, train, ownLabels);
  const pairs = [train, validation].some(({ inputs }) => inputs.some((input) => typeof input !== 'string'));
  return {
    labels: form.labels,
    pairs,
    train,
    validation,
    encode(network, modelDir, maxLength) {
      const tokenizer = new TextTokenizer(modelDir);
      const buckets = lengthBuckets(maxLength);
      const encode = (rows: AnsweredTexts): Examples => {
        const texts = EncodedTexts.encode(tokenizer, rows.inputs, maxLength);
        checkVocabulary(texts, network.vocabulary, modelDir);
        return labelledExamples(texts, form.encode(rows), { buckets, padId: tokenizer.padId, pairs });
      };
      return { train: encode(train), validation: encode(validation) };
    },
  };
}

function labelledExamples(
  texts: EncodedTexts,
  labelsOf: BatchLabels,
  {
    buckets,
    padId,
    pairs,
  }: {
    readonly buckets: readonly number[];
    readonly padId: number;
    readonly pairs: boolean;
  },
): Examples {
  return {
    count: texts.count,
    length: (index) => texts.length(index),
    labelsIn: () => 1,
    widthOf(indices) {
      let longest = 1;
      for (let at = 0; at < indices.length; at++)
        longest = Math.max(longest, texts.length(indices[at] as number));
      return bucketFor(longest, buckets);
    },
    batch(indices, rows) {
      const padded = padBatch(texts, indices, rows, buckets, padId);
      return {
        width: padded.width,
        // The other file may have all the pairs.
        inputs: textFeeds(pairs ? { tokenTypeIds: new Int32Array(rows * padded.width), ...padded } : padded),
        labels: labelsOf(indices, rows),
        counted: new Float32Array(rows).fill(1, 0, indices.length),
      };
    },
  };
}

/** An id beyond the embeddings would be read from someone else's memory, or end the process. */
export function checkVocabulary(
  texts: Pick<EncodedTexts, 'largestId'>,
  vocabulary: number,
  modelDir: string,
): void {
  const largest = texts.largestId();
  if (largest < vocabulary) return;
  throw new DiagnosticError('bad-tokenizer', {
    message: 'the tokenizer makes ids that the model has no embedding for',
    at: { file: join(modelDir, 'tokenizer.json') },
    expected: `ids below ${vocabulary} (vocab_size in config.json)`,
    found: `id ${largest}`,
    fix: 'take the tokenizer and the weights from the same model',
  });
}
