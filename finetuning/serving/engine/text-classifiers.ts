import { textInput } from '../../data/index.js';
import { logitsSignature } from '../../models/inference-program.js';
import { readNetwork } from '../../models/read-network.js';
import { EncodedTexts } from '../../text/encoded-texts.js';
import { bucketFor, lengthBuckets } from '../../text/length-buckets.js';
import { padBatch, textFeeds } from '../../text/padded-batch.js';
import { TextTokenizer } from '../../text/text-tokenizer.js';
import type { EngineSizes } from '../types.js';
import type { OpenClassifiers } from './opened.js';
import type { Group } from './read-group.js';
import { rowLadder } from './row-ladder.js';
import { sharedProgram } from './shared-program.js';

/** Tokens of the largest graph of one text that is prepared before anybody is to ask; longer texts are rarer. */
const FIRST_TOKENS = 128;
/** Tokens of the largest graph that is prepared before it is needed. */
const WARM_TOKENS = 512;

/** Classifiers of texts over one base: a graph for each number of rows and padded length. */
export function openTextClassifiers(group: Group, { maxBatch, maxLength }: EngineSizes): OpenClassifiers {
  const [{ network, source }] = group.members as [Group['members'][number]];
  const longest = Math.min(maxLength, network.maxWidth);
  const widths = lengthBuckets(longest);
  const ladder = rowLadder(maxBatch, 2);
  const tokenizer = new TextTokenizer(source.baseModelDir);
  const program = sharedProgram(group, ({ source: { baseModelDir, labels, problem }, method }) => {
    // One set of graphs for texts and pairs: of a text alone all tokens are of the first.
    const pairs = readNetwork(baseModelDir, labels, { pairs: true, problem });
    const sizes = ladder.flatMap((rows) => widths.map((width) => ({ rows, width })));
    const named = sizes.map(({ rows, width }) => [
      `${rows}x${width}`,
      logitsSignature(pairs, method, rows, width),
    ]);
    const isFirst = ({ rows, width }: (typeof sizes)[number]): boolean => rows === 1 && width <= FIRST_TOKENS;
    const small = sizes.filter(({ rows, width }) => rows * width <= WARM_TOKENS);
    const called = (these: typeof sizes): string[] => these.map(({ rows, width }) => `${rows}x${width}`);
    return {
      signatures: Object.fromEntries(named),
      first: called(small.filter(isFirst)),
      later: called(small.filter((size) => !isFirst(size))),
    };
  });

  return {
    maxWidth: longest,
    classify(member, inputs) {
      const texts = inputs.map((input) => {
        if ('text' in input) return textInput({ text: input.text, ...pairOf(input) });
        throw new TypeError('a classifier of texts was given a picture');
      });
      const labels = (group.members[member] as Group['members'][number]).network.classes;
      const encoded = EncodedTexts.encode(tokenizer, texts, longest);
      const logits: Float32Array[] = [];
      // Texts of one padded length are computed together, so that a long one costs its neighbours nothing.
      const byWidth = new Map<number, number[]>();
      texts.forEach((_, index) => {
        const width = bucketFor(Math.max(1, encoded.length(index)), widths);
        byWidth.set(width, [...(byWidth.get(width) ?? []), index]);
      });
      for (const [width, indices] of byWidth) {
        for (let at = 0; at < indices.length; at += maxBatch) {
          const batch = indices.slice(at, at + maxBatch);
          const rows = bucketFor(batch.length, ladder);
          const padded = padBatch(encoded, batch, rows, [width], tokenizer.padId);
          const feeds = { token_type_ids: new Int32Array(rows * width), ...textFeeds(padded) };
          const all = program.run(`${member}/${rows}x${width}`, feeds)['logits'] as Float32Array;
          batch.forEach((index, row) => {
            logits[index] = all.slice(row * labels, (row + 1) * labels);
          });
        }
      }
      return Promise.resolve(logits);
    },
    warmUp: () => program.warmUp(),
    dispose: () => program.dispose(),
  };
}

function pairOf({ textPair }: { readonly textPair?: string }): { text_pair?: string } {
  return textPair === undefined ? {} : { text_pair: textPair };
}
