import { join } from 'node:path';
import { DiagnosticError, type Location } from '../../../diagnostics/index.js';
import { readLanguageRows, type LanguageRow, type PromptRow } from '../../data/index.js';

/** A held-out row of a language model. */
export interface LanguageTestRow {
  /** Its own, or the number of its line. */
  readonly id: string;
  readonly row: LanguageRow;
  /** All that the line has. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly at: Location;
  /** What it asks, and what is the right answer: of rows with a completion, and of conversations that end with the assistant. */
  readonly question?: { readonly prompt: PromptRow; readonly reference: string };
}

/** @throws DiagnosticError `empty-dataset`, those of `readLanguageRows` */
export async function readLanguageSet(root: string, file: string): Promise<LanguageTestRow[]> {
  const rows: LanguageTestRow[] = [];
  for await (const { row, fields, number } of readLanguageRows(join(root, file), file)) {
    const question = questionOf(row);
    const { id = number } = fields;
    rows.push({ id: String(id), row, fields, at: { file, line: number }, ...(question ? { question } : {}) });
  }
  if (rows.length > 0) return rows;
  throw new DiagnosticError('empty-dataset', {
    message: `${file} has no rows`,
    at: { file },
    fix: 'run the stage that makes it again, or name another file',
  });
}

function questionOf(row: LanguageRow): LanguageTestRow['question'] {
  if ('completion' in row) return { prompt: { prompt: row.prompt }, reference: row.completion };
  if (!('messages' in row)) return undefined;
  const last = row.messages.at(-1);
  const before = row.messages.slice(0, -1);
  if (last?.role !== 'assistant' || before.length === 0) return undefined;
  return { prompt: { messages: before }, reference: last.content };
}

/** The row as a reader is shown it. */
export function shownText({ row }: Pick<LanguageTestRow, 'row'>): string {
  if ('text' in row) return row.text;
  if ('prompt' in row) return `${row.prompt}${row.completion}`;
  return row.messages.map(({ role, content }) => `${role}: ${content}`).join('\n');
}
