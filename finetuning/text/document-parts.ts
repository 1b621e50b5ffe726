import type { LanguageRow, PromptRow } from '../data/index.js';
import type { EncodedPart } from './encoded-documents.js';
import type { TextTokenizer } from './text-tokenizer.js';
import { chatPrompt, chatTurns } from './chat-template.js';

/**
 * The ids of a row in parts: learned are texts, completions and what the assistant says, each with the token that ends
 * it; prompts and others' messages are not, unless all is. Each part is tokenized by itself, as a prompt is when the
 * model is asked to go on from it.
 *
 * @param endId closes the document, where it does not end with it already
 */
export function documentParts(
  row: LanguageRow,
  tokenizer: TextTokenizer,
  endId: number,
  learnAll: boolean,
): EncodedPart[] {
  const part = (text: string, learned: boolean): EncodedPart => ({
    ids: tokenizer.tokenize(text),
    learned: learned || learnAll,
  });
  const parts =
    'text' in row
      ? [part(row.text, true)]
      : 'prompt' in row
        ? [part(row.prompt, false), part(row.completion, true)]
        : chatTurns(row.messages).map(({ text, said }) => part(text, said));
  const last = parts.at(-1) as EncodedPart;
  return last.ids.at(-1) === endId ? parts : [...parts, { ids: [endId], learned: last.learned }];
}

/** The ids that a model is to go on from. */
export function promptIds(row: PromptRow, tokenizer: TextTokenizer): number[] {
  if ('messages' in row) return chatPrompt(row.messages).flatMap(({ text }) => tokenizer.tokenize(text));
  return tokenizer.tokenize('prompt' in row ? row.prompt : row.text);
}
