import { DiagnosticError } from '../../../diagnostics/index.js';
import type { LanguageRow, Message, PromptRow, Role } from './language-row.js';
import { readLines, type Line } from './read-lines.js';
import { parseJsonLine } from './json-line.js';

export interface LanguageRowLine extends Line {
  /** All that the line has. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly row: LanguageRow;
}

const FORMS = '{text}, {prompt, completion}, or {messages: [{role, content}, …]}';
const ROLES: readonly Role[] = ['system', 'user', 'assistant'];

/**
 * Rows of a .jsonl file for a language model, each checked. Blank lines are passed over, and fields beside those of the
 * row's form.
 *
 * @throws DiagnosticError `jsonl-syntax`, `bad-row` with file and line; those of `readLines`
 */
export async function* readLanguageRows(path: string, shownAs: string): AsyncGenerator<LanguageRowLine> {
  for await (const line of readLines(path, shownAs)) {
    if (line.text.trim() === '') continue;
    const fields = new Fields(parseJsonLine(line, shownAs), shownAs, line.number);
    yield { ...line, fields: fields.all, row: languageRow(fields) };
  }
}

/**
 * One row of a language model, checked.
 *
 * @throws DiagnosticError `bad-row`
 */
export function checkLanguageRow(value: unknown, file: string, line: number): LanguageRow {
  return languageRow(new Fields(value, file, line));
}

/**
 * The same row as a model is asked about it: without the completion, if there is one, and without the assistant's last message.
 *
 * @throws DiagnosticError `bad-row`
 */
export function checkPromptRow(value: unknown, file: string, line: number): PromptRow {
  return promptRow(new Fields(value, file, line));
}

/** @throws DiagnosticError `bad-row` */
export function messagesOf(value: unknown, file: string, line: number): Message[] {
  return new Fields({ messages: value }, file, line).messages();
}

function languageRow(fields: Fields): LanguageRow {
  switch (fields.form()) {
    case 'text':
      return { text: fields.text('text') };
    case 'prompt':
      return { prompt: fields.text('prompt'), completion: fields.text('completion') };
    case 'messages': {
      const messages = fields.messages();
      if (messages.some(({ role }) => role === 'assistant')) return { messages };
      return fields.refuse('a conversation has a message of the assistant', messages);
    }
  }
}

function promptRow(fields: Fields): PromptRow {
  switch (fields.form()) {
    case 'text':
      return { text: fields.text('text') };
    case 'prompt':
      return { prompt: fields.text('prompt') };
    case 'messages': {
      const messages = fields.messages();
      const asked = messages.at(-1)?.role === 'assistant' ? messages.slice(0, -1) : messages;
      return asked.length > 0 ? { messages: asked } : fields.refuse('a conversation begins', messages);
    }
  }
}

/** What a line has, and where it is. */
class Fields {
  readonly all: Readonly<Record<string, unknown>>;

  constructor(
    value: unknown,
    private readonly file: string,
    private readonly line: number,
  ) {
    this.all = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  }

  form(): 'text' | 'prompt' | 'messages' {
    const found = (['text', 'prompt', 'messages'] as const).filter((field) => this.all[field] !== undefined);
    const [form, ...others] = found;
    return form !== undefined && others.length === 0
      ? form
      : this.refuse('a row has one of three forms', Object.keys(this.all));
  }

  text(field: string): string {
    const found = this.all[field];
    return typeof found === 'string' && found !== ''
      ? found
      : this.refuse(`${field} is a string that is not empty`, found);
  }

  messages(): Message[] {
    const { messages } = this.all;
    if (!Array.isArray(messages)) return this.refuse('messages is a list', messages);
    return messages.map((each: unknown) => {
      const { role, content } = (each ?? {}) as Partial<Message>;
      if (!ROLES.includes(role as Role))
        return this.refuse(`a message's role is one of ${ROLES.join(', ')}`, role);
      if (typeof content !== 'string') return this.refuse("a message's content is a string", content);
      return { role: role as Role, content };
    });
  }

  refuse(message: string, found: unknown): never {
    throw new DiagnosticError('bad-row', {
      message,
      at: { file: this.file, line: this.line },
      expected: FORMS,
      found: found === undefined ? 'nothing' : JSON.stringify(found).slice(0, 200),
      fix: 'correct the line; if a stage made this file, run it again',
    });
  }
}
