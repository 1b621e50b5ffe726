import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EncodedTexts } from '../../../finetuning/text/encoded-texts.js';
import { bucketFor, lengthBuckets } from '../../../finetuning/text/length-buckets.js';
import { padBatch } from '../../../finetuning/text/padded-batch.js';
import { TextTokenizer } from '../../../finetuning/text/text-tokenizer.js';

const folder = 'tests/finetuning/fixtures/tokenizer-tiny';
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as {
  max_length: number;
  texts: string[];
  ids: number[][];
};

describe('TextTokenizer', () => {
  const tokenizer = new TextTokenizer(folder);

  it.each(expected.texts.map((text, index) => [text, index] as const))('agrees on %j', (text, index) => {
    expect(tokenizer.encode(text, expected.max_length)).toEqual(expected.ids[index]);
  });

  it('looks at no more of a text of megabytes than can be of use', () => {
    const [long, enough] = ['!'.repeat(8_000_000), '!'.repeat(1_000)];
    expect(tokenizer.encode(long, 24)).toEqual(tokenizer.encode(enough, 24));
    expect(tokenizer.encodePair({ text: long, textPair: long }, 24)).toEqual(
      tokenizer.encodePair({ text: enough, textPair: enough }, 24),
    );
    expect(tokenizer.longestToken).toBe(Infinity);
  });

  it('goes on where the beginning of a long text has next to no tokens', () => {
    expect(tokenizer.encode(`${' '.repeat(5_000)}the cat`, 24)).toEqual(tokenizer.encode('the cat', 24));
  });

  it('names the file that is broken', () => {
    const broken = mkdtempSync(join(tmpdir(), 'reprise-tokenizer-'));
    writeFileSync(join(broken, 'tokenizer.json'), '{"model":');
    expect(() => new TextTokenizer(broken)).toThrow(
      expect.objectContaining({ code: 'bad-tokenizer', at: { file: join(broken, 'tokenizer.json') } }),
    );
    rmSync(broken, { recursive: true });
  });
});

describe('TextTokenizer, of bytes', () => {
  const own = 'tests/finetuning/fixtures/gpt2-tiny/tokenizer';
  const tokenizer = new TextTokenizer(own);
  const { texts, ids, decoded } = JSON.parse(readFileSync(join(own, 'expected.json'), 'utf8')) as {
    texts: string[];
    ids: number[][];
    decoded: string[];
  };

  it.each(texts.map((text, index) => [text, index] as const))('agrees on %j', (text, index) => {
    expect(tokenizer.tokenize(text)).toEqual(ids[index]);
    expect(tokenizer.encode(text, 1000)).toEqual(ids[index]);
    expect(tokenizer.decode(ids[index] as number[], true)).toBe(decoded[index]);
  });

  it('knows its longest token, which no text of as many tokens can exceed', () => {
    const ids = tokenizer.tokenize('finance '.repeat(50));
    expect('finance '.repeat(50).length).toBeLessThanOrEqual(ids.length * tokenizer.longestToken);
    expect(tokenizer.longestToken).toBeGreaterThan(3);
  });

  it('ends and pads with the same token', () => {
    expect(tokenizer).toMatchObject({ endId: 0, padId: 0, frameLength: 0 });
    expect(tokenizer.decode([0])).toBe('');
    expect(tokenizer.decode([0], true)).toBe('<|endoftext|>');
  });

  // As transformers 4.57 and 5.23 do with these files.
  it.each([
    ['older', { eos_token: 'a' }, { endId: 66, padId: 67 }],
    ['newer', { eos_token: 'a', added_tokens_decoder: {} }, { endId: 65, padId: 65 }],
  ])('takes special tokens from a file of their own, if it is %s', (_, config, expectedIds) => {
    const made = mkdtempSync(join(tmpdir(), 'reprise-tokenizer-'));
    cpSync(join(own, 'tokenizer.json'), join(made, 'tokenizer.json'));
    writeFileSync(join(made, 'tokenizer_config.json'), JSON.stringify(config));
    const apart = { eos_token: 'b', pad_token: { content: 'c' } };
    writeFileSync(join(made, 'special_tokens_map.json'), JSON.stringify(apart));
    expect(new TextTokenizer(made)).toMatchObject(expectedIds);
    rmSync(made, { recursive: true });
  });

  it('shows a token by itself, where it is no whole characters by its bytes', () => {
    const shown = (text: string): string[] => tokenizer.tokenize(text).map((id) => tokenizer.tokenText(id));
    expect(shown('the capital is').join('')).toBe('the capital is');
    expect(shown('\u{1f608}').join('').replaceAll('bytes:', '')).toBe('\\xf0\\x9f\\x98\\x88');
    expect(tokenizer.tokenText(0)).toBe('<|endoftext|>');
  });
});

describe('batches of texts', () => {
  const tokenizer = new TextTokenizer(folder);
  const texts = EncodedTexts.encode(tokenizer, expected.texts, expected.max_length);

  it('keep every text', () => {
    expect(texts.count).toBe(expected.texts.length);
    expected.ids.forEach((ids, index) => expect([...texts.ids(index)]).toEqual(ids));
  });

  it('are padded to the smallest bucket, with rows that count for nothing', () => {
    const [first, second] = [9, 6]; // The empty text and a short one.
    const batch = padBatch(texts, [first, second], 3, lengthBuckets(24), tokenizer.padId);
    expect(batch.width).toBe(bucketFor(texts.length(second), lengthBuckets(24)));
    expect([...batch.inputIds.subarray(0, 3)]).toEqual([2, 3, 0]);
    expect([...batch.attentionMask.subarray(0, 3)]).toEqual([1, 1, 0]);
    const last = batch.attentionMask.subarray(2 * batch.width);
    expect([last[0], last[1]]).toEqual([1, 0]);
  });

  it('have few widths', () => {
    expect(lengthBuckets(50)).toEqual([16, 24, 32, 48, 50]);
    expect(bucketFor(17, lengthBuckets(50))).toBe(24);
    expect(() => bucketFor(51, lengthBuckets(50))).toThrow(RangeError);
  });
});
