import type { Message } from '../../data/index.js';
import { ChatTemplate } from '../../text/chat-template.js';
import type { TextTokenizer } from '../../text/text-tokenizer.js';

/** A conversation as a model reads it. */
export interface ChatPrompt {
  readonly text: string;
  /** What the model says when its turn is over; empty where only the token that ends a text does. */
  readonly end: string;
}

/**
 * Lays conversations out as `finetune` and `predict` do: by the tokenizer's template, without one as ChatML. The template is read
 * when the first conversation comes: many models have none that is of use.
 *
 * @returns what throws DiagnosticError `bad-chat-template`
 */
export function chatPrompts(
  tokenizer: TextTokenizer,
  modelDir: string,
): (messages: readonly Message[]) => ChatPrompt {
  let template: ChatTemplate | undefined;
  return (messages) => {
    template ??= new ChatTemplate(tokenizer, modelDir);
    return { text: template.prompt(messages), end: template.turnEnd(messages) };
  };
}
