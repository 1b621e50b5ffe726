import type { LanguageRow, PromptRow } from '../data/index.js';
import type { ChatTemplate } from './chat-template.js';
import { commonLength } from './common-length.js';
import type { EncodedPart } from './encoded-documents.js';
import type { TextTokenizer } from './text-tokenizer.js';

/**
 * The ids of a row in parts: learned are texts, completions and what the assistant says, each with the token that ends
 * it; prompts and others' messages are not, unless all is. A prompt is tokenized by itself, as it is when the model is asked
 * to go on from it; a conversation as a whole, as transformers' `apply_chat_template` does.
 *
 * @param endId closes the document, where it does not end with it already, and no template of the tokenizer ends it
 */
export function documentParts(
  row: LanguageRow,
  tokenizer: TextTokenizer,
  template: ChatTemplate | undefined,
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
        : conversationParts(row.messages, tokenizer, template as ChatTemplate, learnAll);
  if ('messages' in row && template?.isOwn === true) return parts;
  const last = parts.at(-1) as EncodedPart;
  return last.ids.at(-1) === endId ? parts : [...parts, { ids: [endId], learned: last.learned }];
}

function conversationParts(
  messages: Parameters<ChatTemplate['conversation']>[0],
  tokenizer: TextTokenizer,
  template: ChatTemplate,
  learnAll: boolean,
): EncodedPart[] {
  const { text, said } = template.conversation(messages);
  const ids = tokenizer.tokenize(text);
  /** The token that has the character, or the first one after all. */
  const tokenAt = (character: number): number =>
    commonLength(ids, tokenizer.tokenize(text.slice(0, character)));
  const parts: EncodedPart[] = [];
  let done = 0;
  for (const { start, end } of said) {
    // A token that is partly the assistant's is said by it.
    const from = Math.max(done, tokenAt(start));
    const before = tokenizer.tokenize(text.slice(0, end));
    const common = commonLength(ids, before);
    const to = Math.max(from, common === before.length ? common : common + 1);
    parts.push(
      { ids: ids.slice(done, from), learned: learnAll },
      { ids: ids.slice(from, to), learned: true },
    );
    done = to;
  }
  if (done < ids.length) parts.push({ ids: ids.slice(done), learned: learnAll });
  return parts;
}

/** The ids that a model is to go on from. */
export function promptIds(
  row: PromptRow,
  tokenizer: TextTokenizer,
  template: ChatTemplate | undefined,
): number[] {
  if ('messages' in row) return tokenizer.tokenize((template as ChatTemplate).prompt(row.messages));
  return tokenizer.tokenize('prompt' in row ? row.prompt : row.text);
}
