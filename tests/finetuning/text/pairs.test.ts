import { longestFirst } from '../../../finetuning/text/longest-first.js';
import { TextTokenizer } from '../../../finetuning/text/text-tokenizer.js';
import { EncodedTexts } from '../../../finetuning/text/encoded-texts.js';
import { padBatch } from '../../../finetuning/text/padded-batch.js';

describe('two texts', () => {
  it.each([
    [3, 4, 10, [3, 4]],
    [3, 9, 8, [3, 5]],
    [9, 3, 8, [5, 3]],
    [9, 9, 8, [4, 4]],
    [9, 9, 7, [3, 4]],
    [5, 9, 7, [3, 4]],
    [9, 5, 7, [4, 3]],
    [4, 4, 0, [0, 0]],
  ] as const)('of %d and %d tokens in room for %d', (first, second, room, kept) => {
    expect(longestFirst(first, second, room)).toEqual(kept);
  });

  it('are told apart by their token types, beside texts without a second one', () => {
    const tokenizer = new TextTokenizer('tests/finetuning/fixtures/tokenizer-tiny');
    const pair = { text: 'the capital', textPair: 'mammal' };
    const { ids, types } = tokenizer.encodePair(pair, 32);
    const first = tokenizer.encode('the capital', 32);
    expect(ids).toEqual([...first, ...tokenizer.encode('mammal', 32).slice(1)]);
    expect(types).toEqual(ids.map((_, at) => (at < first.length ? 0 : 1)));
    const texts = EncodedTexts.encode(tokenizer, ['mammal', pair], 32);
    const { tokenTypeIds, width } = padBatch(texts, [0, 1], 3, [8, 32], 0);
    expect([...(tokenTypeIds as Int32Array)]).toEqual([
      ...new Array<number>(width).fill(0),
      ...types,
      ...new Array<number>(2 * width - types.length).fill(0),
    ]);
  });

  it('need a tokenizer that knows how to put them together', () => {
    const bytes = new TextTokenizer('tests/finetuning/fixtures/gpt2-tiny/tokenizer');
    expect(() => bytes.encodePair({ text: 'cafe', textPair: 'of' }, 32)).toThrow(
      expect.objectContaining({ code: 'bad-tokenizer' }),
    );
  });
});
