import type { TextsConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { filledPrompt } from '../preprocessing/prompt-template.js';
import { readConversation } from '../preprocessing/read-conversation.js';
import type { RawRecord } from '../preprocessing/record-reader.js';
import { rawRecords } from '../preprocessing/records.js';

/** What the project's own data calls what rows have: `preprocessing.fields`, and how its prompts are laid out. */
export type OwnColumns = Pick<TextsConfig, 'fields' | 'prompt_template'>;

/** A record that a model is to be asked about. */
export interface AskedRecord {
  /** All that it has, by its own names. */
  readonly all: Readonly<Record<string, unknown>>;
  /** The same by the names that the project's rows have: text, text_pair, label, prompt, messages. */
  readonly named: Readonly<Record<string, unknown>>;
  /** Line of the file, from 1; of a .parquet, the row. */
  readonly line: number;
}

/** Which of a model's inputs a row has. */
export const FORMS = ['text', 'prompt', 'messages', 'image'] as const;

/**
 * Records of a .csv or .tsv with a header, a .jsonl, a .json with a list, or a .parquet, as `reprise data preprocess` reads them;
 * of any other file, JSON lines. A column that is called as the project's rows call it is taken as it is; else the
 * one that `columns` names, and a prompt of such a column is laid out as those that the model learned from.
 *
 * @throws DiagnosticError `no-table` of a .txt, `no-column` of a table that has nothing to ask about, those of `readRecords`
 */
export async function* readAsked(
  path: string,
  shownAs: string,
  columns: OwnColumns = {},
): AsyncGenerator<AskedRecord> {
  if (/\.txt$/i.test(path)) throw noTable(shownAs);
  for await (const raw of rawRecords(path, shownAs)) {
    const all = valuesOf(raw);
    const named = renamed(all, columns, shownAs, raw.line);
    if (raw.names && !FORMS.some((form) => form in named)) throw noColumn(raw.names, columns, shownAs);
    yield { all, named, line: raw.line };
  }
}

function valuesOf({ names, value, get }: RawRecord): Readonly<Record<string, unknown>> {
  if (names) return Object.fromEntries(names.map((name) => [name, plainOf(get(name))]));
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Of a .parquet, whole numbers of 64 bits: JSON has none of them. */
function plainOf(value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** @throws DiagnosticError `bad-row` of a conversation that is none */
function renamed(
  all: Readonly<Record<string, unknown>>,
  { fields = {}, prompt_template: template }: OwnColumns,
  file: string,
  line: number,
): Readonly<Record<string, unknown>> {
  const named = { ...all };
  for (const [role, column] of Object.entries(fields))
    if (column !== undefined && !(role in all) && column in all) named[role] = all[column];
  const { prompt, context } = fields;
  if (prompt !== undefined && !('prompt' in all) && typeof named['prompt'] === 'string') {
    const about = context === undefined ? undefined : all[context];
    named['prompt'] = filledPrompt(template, named['prompt'], typeof about === 'string' ? about : undefined);
  }
  if (named['messages'] !== undefined) named['messages'] = readConversation(named['messages'], file, line);
  return named;
}

function noTable(file: string): DiagnosticError {
  return new DiagnosticError('no-table', {
    message: `this file does not say where one text ends and the next begins`,
    at: { file },
    expected: 'a .csv or .tsv with a header, a .jsonl, a .json with a list, or a .parquet',
    fix: 'put each text on a line of a .csv below the header `text`, in quotes where it has commas',
  });
}

function noColumn(names: readonly string[], { fields = {} }: OwnColumns, file: string): DiagnosticError {
  const own = FORMS.flatMap((form) => (form !== 'image' && fields[form] !== undefined ? [fields[form]] : []));
  return new DiagnosticError('no-column', {
    message: 'this table has no column that a model could be asked about',
    at: { file, line: 1 },
    expected: `a column called ${[...new Set([...own, ...FORMS])].join(', ')}`,
    found: `columns ${names.join(', ')}`,
    fix: 'rename the column, or name it in preprocessing.fields in configs/data_config.yaml',
  });
}
