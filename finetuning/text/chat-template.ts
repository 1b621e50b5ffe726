import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { Message } from '../data/index.js';
import { commonLength } from './common-length.js';
import type { TextTokenizer } from './text-tokenizer.js';
import { unmarked, withMarks, type Span } from './generation-marks.js';

/**
 * ChatML, for tokenizers without a template: `<|im_start|>role`, a line end, the message, `<|im_end|>`, and a line end but
 * after the last. What the assistant says begins after its role's line and has the end of its turn.
 */
const CHATML = `
{%- for message in messages -%}
  {%- set ends = '' if loop.last and not add_generation_prompt else '\\n' -%}
  {{- '<|im_start|>' + message['role'] + '\\n' -}}
  {%- if message['role'] == 'assistant' -%}
    {%- generation -%}{{- message['content'] + '<|im_end|>' + ends -}}{%- endgeneration -%}
  {%- else -%}
    {{- message['content'] + '<|im_end|>' + ends -}}
  {%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}`;

/** A conversation as text, and what of it the assistant says, in characters. */
export interface Conversation {
  readonly text: string;
  /** Ascending, and apart. */
  readonly said: readonly Span[];
}

/** How a model is used to have conversations laid out: the tokenizer's `chat_template`, as transformers carries it out. */
export class ChatTemplate {
  readonly #file: string;
  readonly #plain: Template;
  /** With marks where the assistant's words begin and end; absent where the template does not say it. */
  readonly #marked: Template | undefined;
  readonly #names: Readonly<Record<string, unknown>>;
  /** The tokenizer has a template of its own, which says how a conversation ends. */
  readonly isOwn: boolean;

  /** @throws DiagnosticError `bad-chat-template` */
  constructor(tokenizer: TextTokenizer, modelDir: string) {
    const { file, source } = readSource(tokenizer, modelDir);
    this.#file = file;
    this.isOwn = source !== undefined;
    const text = source ?? CHATML;
    const marked = withMarks(text);
    try {
      this.#plain = new Template(text);
      this.#marked = marked === undefined ? undefined : new Template(marked);
    } catch (cause) {
      throw this.#failed('cannot be read', cause);
    }
    this.#names = tokenizer.specialTokens;
  }

  /** What a model is given to answer a conversation. @throws DiagnosticError `bad-chat-template` */
  prompt(messages: readonly Message[]): string {
    return this.#render(this.#plain, messages, true);
  }

  /**
   * The whole conversation. What the assistant says is what the template puts between `{% generation %}` and
   * `{% endgeneration %}`; without these, what comes after the prompt that the turns before it make.
   *
   * @throws DiagnosticError `bad-chat-template`
   */
  conversation(messages: readonly Message[]): Conversation {
    const text = this.#render(this.#plain, messages, false);
    if (this.#marked) {
      const found = unmarked(this.#render(this.#marked, messages, false));
      if (found?.text === text) return found;
    }
    return {
      text,
      said: messages.flatMap((message, at) =>
        message.role === 'assistant' ? this.#turn(messages, at, text) : [],
      ),
    };
  }

  /**
   * What the template puts after the assistant's words: the model says it when its turn is over. Empty where it puts nothing.
   *
   * @param messages before the turn
   */
  turnEnd(messages: readonly Message[]): string {
    const probe = 'reprise-asks-where-a-turn-ends';
    const text = this.#render(this.#plain, [...messages, { role: 'assistant', content: probe }], false);
    const at = text.lastIndexOf(probe);
    return at < 0 ? '' : text.slice(at + probe.length).trim();
  }

  #turn(messages: readonly Message[], at: number, text: string): Span[] {
    const before = this.#render(this.#plain, messages.slice(0, at), true);
    const through = this.#render(this.#plain, messages.slice(0, at + 1), false);
    // After the last turn a template may leave out what it puts between turns.
    const end = commonLength(through, text);
    if (text.startsWith(before) && end >= through.trimEnd().length) return [{ start: before.length, end }];
    throw this.#failed(
      'lays out the beginning of a conversation otherwise when it goes on, so that the assistant’s words cannot be told apart',
      undefined,
      'put {% generation %} and {% endgeneration %} around the words of the assistant in the template',
    );
  }

  #render(template: Template, messages: readonly Message[], prompts: boolean): string {
    try {
      return template.render({
        ...this.#names,
        messages,
        tools: null,
        documents: null,
        add_generation_prompt: prompts,
      });
    } catch (cause) {
      throw this.#failed('refuses this conversation', cause);
    }
  }

  #failed(what: string, cause: unknown, fix?: string): DiagnosticError {
    return new DiagnosticError('bad-chat-template', {
      message: `the model's chat template ${what}${cause === undefined ? '' : `: ${(cause as Error).message}`}`,
      at: { file: this.#file },
      fix: fix ?? 'lay conversations out as the template wants them, or correct the template',
      cause,
    });
  }
}

const namedSchema = (value: unknown): value is { readonly name: string; readonly template: string } => {
  const { name, template } = (value ?? {}) as { name?: unknown; template?: unknown };
  return typeof name === 'string' && typeof template === 'string';
};

/** Where transformers looks: the file comes before the setting; of several templates the one named `default`. */
function readSource(
  tokenizer: TextTokenizer,
  modelDir: string,
): { readonly file: string; readonly source: string | undefined } {
  const apart = join(modelDir, 'chat_template.jinja');
  if (existsSync(apart)) return { file: apart, source: readFileSync(apart, 'utf8') };
  const file = join(modelDir, 'tokenizer_config.json');
  const { chat_template: template } = tokenizer.config;
  if (template === undefined || template === null) return { file, source: undefined };
  if (typeof template === 'string') return { file, source: template };
  const named = Array.isArray(template) ? template.filter(namedSchema) : [];
  const chosen = named.find(({ name }) => name === 'default');
  if (chosen) return { file, source: chosen.template };
  throw new DiagnosticError('bad-chat-template', {
    message: 'none of the chat templates is the one for conversations',
    at: { file },
    expected: 'a text, or a list of {name, template} with the name default',
    found:
      named.length > 0 ? named.map(({ name }) => name).join(', ') : JSON.stringify(template).slice(0, 100),
    fix: 'name one of them default',
  });
}
