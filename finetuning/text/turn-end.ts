import type { TextTokenizer } from './text-tokenizer.js';

/**
 * In a conversation the model says when its turn is over, by what its template puts there: see `ChatTemplate.turnEnd`.
 *
 * @param end not empty
 * @returns whether a turn of which these ids were generated is over
 */
export function endsTurn(tokenizer: TextTokenizer, end: string): (generated: readonly number[]) => boolean {
  // Tokens that the mark has at most: one for each byte.
  const longest = Buffer.byteLength(end) + 1;
  return (generated) => tokenizer.decode(generated.slice(-longest), true).includes(end);
}
