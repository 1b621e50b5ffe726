import { readAsked, type OwnColumns } from './asked-records.js';
import type { PromptRow } from './language-row.js';
import { checkPromptRow } from './read-language-rows.js';

export interface PromptLine {
  /** All that the row has, by its own names. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly prompt: PromptRow;
  /** Line of the file, from 1. */
  readonly number: number;
}

/**
 * Rows as a language model is asked about them, of a file as `readAsked` reads it.
 *
 * @throws DiagnosticError `bad-row`, those of `readAsked`
 */
export async function* readPrompts(
  path: string,
  shownAs: string,
  columns: OwnColumns = {},
): AsyncGenerator<PromptLine> {
  for await (const { all, named, line } of readAsked(path, shownAs, columns))
    yield { fields: all, prompt: checkPromptRow(named, shownAs, line), number: line };
}
