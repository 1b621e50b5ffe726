import { join } from 'node:path';
import { compileProgram } from '../../../compute/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { LanguageRow } from '../../data/index.js';
import { ChatTemplate } from '../../text/chat-template.js';
import { documentParts } from '../../text/document-parts.js';
import { EncodedDocuments } from '../../text/encoded-documents.js';
import { lengthBuckets } from '../../text/length-buckets.js';
import { TextTokenizer } from '../../text/text-tokenizer.js';
import { languageExamples } from '../../training/examples/language-examples.js';
import { checkVocabulary } from '../../training/examples/text-classification.js';
import { readParameters, type OpenClassifierOptions } from '../open-classifier.js';
import { readNetwork } from '../read-network.js';
import { scoringBatches } from './scoring-batches.js';
import { scoringProgram } from './scoring-program.js';

export type OpenScorerOptions = Pick<OpenClassifierOptions, 'baseModelDir' | 'adapterDir'>;

/** How well a model knew one row: what of it is to be learned, token by token, each after all before it. */
export interface RowScore {
  /** Sum of the tokens' cross entropies, in nats. */
  readonly loss: number;
  /** Tokens that were asked for. A text's first is not: nothing comes before it. The end of the text is. */
  readonly tokens: number;
  /** Of these, the ones that the model held likeliest. */
  readonly right: number;
  /** UTF-8 bytes of these tokens. */
  readonly bytes: number;
  /** It is longer than the model can read, and lost its end. */
  readonly cut: boolean;
}

export interface OpenedScorer {
  /** @returns a score for each row; without a token to be said it has no tokens, and loss 0 */
  score(
    rows: readonly LanguageRow[],
    options: {
      /** At most; fewer where logits would take too much memory. */
      readonly batchSize: number;
      readonly onProgress?: (done: number, total: number) => void;
    },
  ): Promise<RowScore[]>;
}

/** @throws DiagnosticError `not-a-language-model`, `bad-tokenizer`, and others of bad model folders */
export async function openScorer(options: OpenScorerOptions): Promise<OpenedScorer> {
  const { baseModelDir } = options;
  const network = readNetwork(baseModelDir, []);
  if (network.task !== 'causal-lm')
    throw new DiagnosticError('not-a-language-model', {
      message: `a model for ${network.task} says nothing of how likely a text is`,
      at: { file: baseModelDir },
      fix: 'name a folder with a language model',
    });
  const tokenizer = new TextTokenizer(baseModelDir);
  const { endId } = tokenizer;
  if (endId === undefined)
    throw new DiagnosticError('bad-tokenizer', {
      message: 'the tokenizer has no token that ends a text',
      at: { file: join(baseModelDir, 'tokenizer_config.json') },
      expected: 'eos_token, or <|endoftext|> in tokenizer.json',
      fix: 'name the token in tokenizer_config.json',
    });
  const { method, values } = readParameters(network, { ...options, seed: 0 });
  const { maxWidth, vocabulary } = network;

  return {
    async score(rows, { batchSize, onProgress }) {
      const talks = rows.some((row) => 'messages' in row);
      const template = talks ? new ChatTemplate(tokenizer, baseModelDir) : undefined;
      const parts = rows.map((row) => documentParts(row, tokenizer, template, endId, false));
      const documents = new EncodedDocuments(parts, maxWidth);
      checkVocabulary(documents, vocabulary, baseModelDir);
      const scores = parts.map((each, row): RowScore => {
        const length = each.reduce((sum, { ids }) => sum + ids.length, 0);
        return { loss: 0, tokens: 0, right: 0, bytes: 0, cut: length > documents.length(row) };
      });
      const each = rows.map((_, row) => Int32Array.of(row));
      const examples = languageExamples(documents, each, lengthBuckets(maxWidth), tokenizer.padId);
      const batches = scoringBatches(examples, { batchSize, vocabulary });
      const sizes = new Map(batches.map(({ rows, width }) => [width, { rows, width }]));
      const program = compileProgram(scoringProgram(network, method, [...sizes.values()]));
      try {
        program.assign(values);
        let done = 0;
        for (const { indices, rows: count, width } of batches) {
          const { inputs, labels, counted } = await examples.batch(indices, count);
          const result = program.run(`score/${width}`, { ...inputs, labels });
          const [losses, predicted] = [result['losses'], result['predicted']] as [Float32Array, Int32Array];
          indices.forEach((row, at) => {
            let { loss, tokens, right, bytes } = scores[row] as RowScore;
            for (let place = at * width; place < (at + 1) * width; place++) {
              if (!counted[place]) continue;
              const label = labels[place] as number;
              loss += losses[place] as number;
              tokens++;
              if (predicted[place] === label) right++;
              bytes += tokenizer.bytesOf(label);
            }
            scores[row] = { ...(scores[row] as RowScore), loss, tokens, right, bytes };
          });
          done += indices.length;
          onProgress?.(done, rows.length);
        }
      } finally {
        program.dispose();
      }
      return scores;
    },
  };
}
