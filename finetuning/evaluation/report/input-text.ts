import type { TextInput } from '../../data/index.js';

/** Characters of a text that a table shows. */
const SHOWN = 600;

/** A text, or both of a pair, as a reader is shown them. */
export function inputText(input: TextInput): string {
  const text = typeof input === 'string' ? input : `${input.text} ‖ ${input.textPair}`;
  return text.length > SHOWN ? `${text.slice(0, SHOWN)} …` : text;
}
