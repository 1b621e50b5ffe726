import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { Message } from '../data/index.js';
import type { TextTokenizer } from './text-tokenizer.js';

const TURN_START = '<|im_start|>';
export const TURN_END = '<|im_end|>';

/** ChatML as tokenizers carry it, without its spaces: Qwen's, TRL's, and others that differ in spacing alone. */
const CHATML = [
  "{%formessageinmessages%}{{'<|im_start|>'+message['role']+'\\n'+message['content']+'<|im_end|>'+'\\n'}}{%endfor%}" +
    "{%ifadd_generation_prompt%}{{'<|im_start|>assistant\\n'}}{%endif%}",
];

/** A piece of a conversation, and whether the assistant says it. */
export interface Turn {
  readonly text: string;
  readonly said: boolean;
}

/**
 * A conversation in ChatML: `<|im_start|>role`, a line end, the message, `<|im_end|>`, and a line end but after the last.
 * What the assistant says begins after its role's line and has the end of its turn.
 */
export function chatTurns(messages: readonly Message[]): Turn[] {
  return messages.flatMap(({ role, content }, index) => {
    const end = index === messages.length - 1 ? '' : '\n';
    return [
      { text: `${TURN_START}${role}\n`, said: false },
      { text: `${content}${TURN_END}${end}`, said: role === 'assistant' },
    ];
  });
}

/** What a model is given to answer a conversation: the turns before, and the line that an answer begins with. */
export function chatPrompt(messages: readonly Message[]): Turn[] {
  return chatTurns([...messages, { role: 'assistant', content: '' }]).slice(0, -1);
}

/**
 * Conversations are laid out as ChatML: is that what the model is used to? One without a template has no habit yet.
 *
 * @throws DiagnosticError `unsupported-chat-template`
 */
export function checkChatTemplate(tokenizer: TextTokenizer, modelDir: string): void {
  const file = join(modelDir, 'chat_template.jinja');
  const apart = existsSync(file);
  const template = apart ? readFileSync(file, 'utf8') : tokenizer.config['chat_template'];
  if (template === undefined || template === null) return;
  if (typeof template === 'string' && CHATML.includes(withoutSpaces(template))) return;
  throw new DiagnosticError('unsupported-chat-template', {
    message: 'the model has a chat template of its own, which cannot be carried out',
    at: { file: apart ? file : join(modelDir, 'tokenizer_config.json') },
    expected: 'no chat_template, or ChatML',
    found: typeof template === 'string' ? template.slice(0, 200) : 'several templates',
    fix: 'lay the conversations out as the template says, into rows of {prompt, completion} or {text}',
  });
}

/** Spaces between the parts of a template mean nothing; neither does how quotes and line ends are written. */
function withoutSpaces(template: string): string {
  return template
    .replaceAll('{%-', '{%')
    .replaceAll('-%}', '%}')
    .replaceAll('"', "'")
    .replaceAll("'\n'", "'\\n'")
    .replace(/\s+/g, '');
}
