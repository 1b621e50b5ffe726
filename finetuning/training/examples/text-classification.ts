import { join } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { EncodedTexts } from '../../text/encoded-texts.js';
import { bucketFor, lengthBuckets } from '../../text/length-buckets.js';
import { padBatch } from '../../text/padded-batch.js';
import { TextTokenizer } from '../../text/text-tokenizer.js';
import type { Dataset } from './dataset.js';
import type { Examples } from './examples.js';
import { labelIndices, labelSet, readLabelledTexts, type LabelledTexts } from './labelled-texts.js';

/** Rows of a text and a label. */
export async function textClassification(trainFile: string, valFile: string): Promise<Dataset> {
  const train = await readLabelledTexts(trainFile);
  const validation = await readLabelledTexts(valFile);
  const labels = labelSet(train);
  return {
    labels,
    train,
    validation,
    encode(network, modelDir, maxLength) {
      const tokenizer = new TextTokenizer(modelDir);
      const buckets = lengthBuckets(maxLength);
      const encode = (rows: LabelledTexts): Examples => {
        const texts = EncodedTexts.encode(tokenizer, rows.texts, maxLength);
        checkVocabulary(texts, network.vocabulary, modelDir);
        return labelledExamples(texts, labelIndices(rows, labels), buckets, tokenizer.padId);
      };
      return { train: encode(train), validation: encode(validation) };
    },
  };
}

function labelledExamples(
  texts: EncodedTexts,
  classes: Int32Array,
  buckets: readonly number[],
  padId: number,
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
      const { width, inputIds, attentionMask } = padBatch(texts, indices, rows, buckets, padId);
      const labels = new Int32Array(rows);
      indices.forEach((row, at) => (labels[at] = classes[row] as number));
      const counted = new Float32Array(rows).fill(1, 0, indices.length);
      return { width, inputs: { input_ids: inputIds, attention_mask: attentionMask }, labels, counted };
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
