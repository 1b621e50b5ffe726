import { GrowingText } from '../../../../finetuning/serving/engine/growing-text.js';
import { TextTokenizer } from '../../../../finetuning/text/text-tokenizer.js';
import { GPT2 } from '../../models/generation/expected.js';

const TEXT = 'Añejo, 日本語 and 😀😀 or   spaces\n\n and\ttabs — "quotes" ‍ end';

describe('the text of ids that come one by one', () => {
  it('is what all of them together say, at each place', () => {
    const tokenizer = new TextTokenizer(`${GPT2}/tokenizer`);
    const ids = tokenizer.tokenize(TEXT);
    const growing = new GrowingText(tokenizer);
    for (let count = 1; count <= ids.length; count++)
      expect(growing.of(ids.slice(0, count))).toBe(tokenizer.decode(ids.slice(0, count)));
    expect(growing.of(ids)).toBe(TEXT);
  });

  it('does not decode all of them again each time', () => {
    let decoded = 0;
    const growing = new GrowingText({
      decode: (ids) => {
        decoded += ids.length;
        return Buffer.from(ids).toString('utf8');
      },
    });
    const ids = [...Buffer.from('abcdefghij'.repeat(100))];
    for (let count = 1; count <= ids.length; count++) growing.of(ids.slice(0, count));
    expect(decoded).toBeLessThan(4 * ids.length);
  });
});
