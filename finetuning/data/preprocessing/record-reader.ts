import type { RecordFields, TextsConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { LanguageRow } from '../rows/language-row.js';
import { filledPrompt } from './prompt-template.js';
import { readLabels, readNumber } from './read-answer.js';
import { readConversation } from './read-conversation.js';
import type { SourceRecord } from './source-record.js';

/** One record as its format has it. */
export interface RawRecord {
  readonly get: (field: string) => unknown;
  /** All columns there are, where the format knows. */
  readonly names: readonly string[] | undefined;
  /** What came from JSON, as it is. */
  readonly value?: unknown;
  readonly line: number;
  readonly bytes: number;
}

/** A value that came from JSON, as a record. */
export function fieldsOf(value: unknown): Pick<RawRecord, 'get' | 'names' | 'value'> {
  const get = (field: string): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, field)
      ? (value as { [key: string]: unknown })[field]
      : undefined;
  return { get, names: undefined, value };
}

/** Most instructions need none. */
function contextOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

type Role = keyof RecordFields;
type Missing = NonNullable<TextsConfig['missing']>;

/** Takes out of records what `preprocessing.fields` names. */
export class RecordReader {
  readonly #fields: RecordFields;
  readonly #missing: Missing;

  constructor(
    private readonly file: string,
    private readonly config: Pick<
      TextsConfig,
      'fields' | 'missing' | 'number' | 'separator' | 'prompt_template'
    >,
  ) {
    const { fields = {}, missing = {} } = config;
    this.#fields = fields;
    this.#missing = missing;
  }

  get columns(): string[] {
    return Object.values(this.#fields).filter((field) => field !== undefined);
  }

  /** @throws DiagnosticError `field-missing`, `value-missing`, `bad-row` */
  read(record: RawRecord): SourceRecord {
    const found = { missing: false, filled: 0 };
    const fields = this.#fields;
    const cell = (role: Role): string => this.#cell(record, role, found);
    const { line, bytes } = record;
    const group = fields.group === undefined ? {} : { group: cell('group') };
    const time = fields.time === undefined ? {} : { time: cell('time') };
    const id = fields.id === undefined ? undefined : cell('id');
    const body = this.#body(record, cell);
    const pair = fields.text_pair === undefined ? {} : { pair: cell('text_pair') };
    const label = fields.label === undefined ? undefined : cell('label').trim();
    return {
      id,
      body,
      ...pair,
      label,
      ...this.#answer(record, label),
      ...group,
      ...time,
      ...(found.missing ? { missing: true } : {}),
      ...(found.filled > 0 ? { filled: found.filled } : {}),
      line,
      bytes,
    };
  }

  #body(record: RawRecord, cell: (role: Role) => string): LanguageRow {
    const { messages, prompt, context } = this.#fields;
    if (messages !== undefined)
      return { messages: readConversation(record.get(messages), this.file, record.line) };
    if (prompt === undefined) return { text: cell('text') };
    const about = context === undefined ? undefined : contextOf(record.get(context));
    const asked = cell('prompt');
    return {
      // A prompt that is missing stays empty, whatever stands around it.
      prompt: asked === '' ? '' : filledPrompt(this.config.prompt_template, asked, about),
      completion: cell('completion'),
    };
  }

  #answer(record: RawRecord, label: string | undefined): Pick<SourceRecord, 'number' | 'labels'> {
    const { number, separator } = this.config;
    const place = { file: this.file, line: record.line };
    if (this.#fields.labels !== undefined)
      return {
        labels: readLabels(record.get(this.#fields.labels), separator, {
          ...place,
          field: this.#fields.labels,
        }),
      };
    if (number === undefined || label === undefined || label === '') return {};
    return { number: readNumber(label, number, { ...place, field: this.#fields.label as string }) };
  }

  #cell(record: RawRecord, role: Role, found: { missing: boolean; filled: number }): string {
    const field = this.#fields[role] as string;
    const value = record.get(field);
    const rule = this.#missing[role as keyof Missing];
    const absent =
      value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
    if (rule !== undefined && absent) {
      if (rule === 'error') throw this.#absent(record, role, field, value);
      if (rule === 'drop') {
        found.missing = true;
        return '';
      }
      found.filled++;
      return rule.fill;
    }
    if (typeof value === 'string') return value;
    // Labels and ids are often numbers; null is a missing label, which is counted and dropped.
    if (
      role !== 'text' &&
      (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    )
      return String(value);
    if (value instanceof Date) return value.toISOString();
    if (value === null) return '';
    throw new DiagnosticError('field-missing', {
      message: `this record has no ${role} in the field ${field}`,
      at: { file: this.file, line: record.line },
      expected: `${field}: a string`,
      found:
        value === undefined
          ? record.names
            ? `columns ${record.names.join(', ')}`
            : 'nothing'
          : JSON.stringify(value),
      fix: `correct preprocessing.fields.${role} in configs/data_config.yaml, or the record`,
    });
  }

  #absent({ line }: RawRecord, role: Role, field: string, value: unknown): DiagnosticError {
    return new DiagnosticError('value-missing', {
      message: `this record's ${role} is missing, and preprocessing.missing.${role} is error`,
      at: { file: this.file, line },
      expected: `${field}: something`,
      found: value === undefined ? 'nothing' : JSON.stringify(value),
      fix: `correct the record, or set preprocessing.missing.${role} to drop or {fill: …}`,
    });
  }
}
