import { DiagnosticError } from '../../../diagnostics/index.js';
import type { Message } from '../rows/language-row.js';
import { messagesOf } from '../rows/read-language-rows.js';

/** ShareGPT's names of who speaks. */
const ROLES: Readonly<Record<string, string>> = { human: 'user', gpt: 'assistant' };

/**
 * A conversation as a record has it: a list of `{role, content}`, or ShareGPT's of `{from, value}`; in the cell of a table,
 * that list as JSON.
 *
 * @throws DiagnosticError `bad-row`
 */
export function readConversation(value: unknown, file: string, line: number): Message[] {
  const list = typeof value === 'string' ? parsed(value, file, line) : value;
  return messagesOf(Array.isArray(list) ? list.map(asMessage) : list, file, line);
}

function asMessage(turn: unknown): unknown {
  if (typeof turn !== 'object' || turn === null || !('from' in turn) || 'role' in turn) return turn;
  const { from, value } = turn as { readonly from: unknown; readonly value?: unknown };
  return { role: typeof from === 'string' ? (ROLES[from] ?? from) : from, content: value };
}

function parsed(text: string, file: string, line: number): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new DiagnosticError('bad-row', {
      message: `this conversation is not valid JSON: ${(cause as Error).message}`,
      at: { file, line },
      expected: 'a list of messages: [{"role": "user", "content": "…"}, …]',
      found: text.slice(0, 200),
      fix: 'correct the record, or name another field in preprocessing.fields.messages',
      cause,
    });
  }
}
