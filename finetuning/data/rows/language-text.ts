import type { LanguageRow } from './language-row.js';

/** All that the row says, to compare it with others by. */
export function textOf(row: LanguageRow): string {
  if ('text' in row) return row.text;
  if ('prompt' in row) return `${row.prompt}\n${row.completion}`;
  return row.messages.map(({ content }) => content).join('\n');
}

/** The row with each of its texts changed. */
export function mapTexts<T extends LanguageRow>(row: T, change: (text: string) => string): LanguageRow {
  if ('text' in row) return { text: change(row.text) };
  if ('prompt' in row) return { prompt: change(row.prompt), completion: change(row.completion) };
  return { messages: row.messages.map(({ role, content }) => ({ role, content: change(content) })) };
}
