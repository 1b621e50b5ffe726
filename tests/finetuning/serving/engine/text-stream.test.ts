import type { ScoredToken } from '../../../../finetuning/serving/types.js';
import { TextStream } from '../../../../finetuning/serving/engine/text-stream.js';

/** Each id is a byte. */
const bytes = { decode: (ids: readonly number[]): string => Buffer.from(ids).toString('utf8') };

function streamed(text: string, stop: readonly string[] = []): { parts: string[]; stopped: boolean } {
  const parts: string[] = [];
  const stream = new TextStream(bytes, stop, (part) => parts.push(part));
  const ids = [...Buffer.from(text)];
  let at = 0;
  let stopped = false;
  while (at < ids.length && !stopped) stopped = stream.add(ids.slice(0, ++at));
  stream.end(ids.slice(0, at));
  return { parts, stopped };
}

describe('text that is streamed', () => {
  it('has whole characters', () => {
    expect(streamed('añ日😀b').parts).toEqual(['a', 'ñ', '日', '😀', 'b']);
  });

  it('ends before what ends it, of which nothing is seen', () => {
    const { parts, stopped } = streamed('one\n\ntwo', ['\n\n']);
    expect([parts.join(''), stopped]).toEqual(['one', true]);
  });

  it('keeps back what may become an end, and gives it when it does not', () => {
    const { parts, stopped } = streamed('a<e<end', ['<end>']);
    expect(parts).toEqual(['a', '<e', '<end']);
    expect(stopped).toBe(false);
  });

  it('takes the first of several ends', () => {
    expect(streamed('ab.c!d', ['!', '.']).parts.join('')).toBe('ab');
  });

  it('shows bytes that are no character, when no more come', () => {
    const parts: string[] = [];
    const stream = new TextStream(bytes, [], (part) => parts.push(part));
    expect(stream.add([0x61, 0xe6])).toBe(false);
    expect(parts).toEqual(['a']);
    stream.end([0x61, 0xe6]);
    expect(parts.join('')).toBe('a\uFFFD');
  });
});

describe('tokens that are scored', () => {
  /** Each part of the text, with the places of the tokens that went with it. */
  function scored(tokens: readonly string[], stop: readonly string[] = []): [string, number[]][] {
    const parts: [string, number[]][] = [];
    const add = (text: string, told: readonly ScoredToken[]): void =>
      void parts.push([text, told.map(({ offset }) => offset)]);
    const stream = new TextStream(bytes, stop, add);
    const ids: number[] = [];
    for (const token of tokens) {
      ids.push(...Buffer.from(token, 'latin1'));
      stream.score({ token, logProbability: -1, best: [] });
      if (stream.add(ids)) break;
    }
    stream.end(ids);
    return parts;
  }

  it('go with the part of the text in which they begin', () => {
    expect(scored(['one', ' two'])).toEqual([
      ['one', [0]],
      [' two', [3]],
    ]);
  });

  it('wait for the character whose bytes they are', () => {
    expect(scored(['a', '\xc3', '\xb1', 'b'])).toEqual([
      ['a', [0]],
      ['ñ', [1, 1]],
      ['b', [2]],
    ]);
  });

  it('are left out where they are of what ends the text', () => {
    expect(scored(['one', '<', 'end>', 'x'], ['<end>'])).toEqual([['one', [0]]]);
    // One that begins before it is of the text.
    expect(scored(['on', 'e<e', 'nd>'], ['<end>'])).toEqual([
      ['on', [0]],
      ['e', [2]],
    ]);
  });

  it('are told at the end where they have no text', () => {
    expect(scored(['a', ''])).toEqual([
      ['a', [0]],
      ['', [1]],
    ]);
  });
});
