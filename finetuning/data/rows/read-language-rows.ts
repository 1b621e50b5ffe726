import { DiagnosticError } from '../../../diagnostics/index.js';
import type { LanguageRow, Message, Role } from './language-row.js';
import { readLines, type Line } from './read-lines.js';
import { parseJsonLine } from './read-rows.js';

export interface LanguageRowLine extends Line {
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
    const problem = (message: string, found: unknown): never => {
      throw new DiagnosticError('bad-row', {
        message,
        at: { file: shownAs, line: line.number },
        expected: FORMS,
        found: found === undefined ? 'nothing' : JSON.stringify(found).slice(0, 200),
        fix: 'run the stage that makes this file again, or correct the line',
      });
    };
    yield { ...line, row: languageRow(parseJsonLine(line, shownAs), problem) };
  }
}

type Problem = (message: string, found: unknown) => never;

function languageRow(value: unknown, problem: Problem): LanguageRow {
  const row = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const forms = ['text', 'prompt', 'messages'].filter((field) => row[field] !== undefined);
  if (forms.length !== 1) return problem('a row has one of three forms', Object.keys(row));
  const text = (field: string): string => {
    const found = row[field];
    return typeof found === 'string' && found !== ''
      ? found
      : problem(`${field} is a string that is not empty`, found);
  };
  switch (forms[0]) {
    case 'text':
      return { text: text('text') };
    case 'prompt':
      return { prompt: text('prompt'), completion: text('completion') };
    default:
      return { messages: messages(row['messages'], problem) };
  }
}

function messages(value: unknown, problem: Problem): Message[] {
  if (!Array.isArray(value)) return problem('messages is a list', value);
  const checked = value.map((each: unknown) => {
    const { role, content } = (each ?? {}) as Partial<Message>;
    if (!ROLES.includes(role as Role)) return problem(`a message's role is one of ${ROLES.join(', ')}`, role);
    if (typeof content !== 'string') return problem("a message's content is a string", content);
    return { role: role as Role, content };
  });
  if (!checked.some(({ role }) => role === 'assistant'))
    return problem('a conversation has a message of the assistant', value);
  return checked;
}
