import type { PreprocessingConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { parseJsonLine } from '../rows/read-rows.js';
import { readLines } from '../rows/read-lines.js';
import { readCsv } from './csv.js';
import type { SourceRecord } from './source-record.js';

type Fields = PreprocessingConfig['fields'];

/**
 * Labelled texts of the user's own: a .csv with a header, or a .jsonl.
 *
 * @throws DiagnosticError `field-missing`, `jsonl-syntax`, `csv-syntax` with file and line
 */
export function readRecords(path: string, shownAs: string, fields: Fields): AsyncGenerator<SourceRecord> {
  return path.endsWith('.csv') ? fromCsv(path, shownAs, fields) : fromJsonl(path, shownAs, fields);
}

async function* fromJsonl(path: string, file: string, fields: Fields): AsyncGenerator<SourceRecord> {
  for await (const line of readLines(path, file)) {
    if (line.text.trim() === '') continue;
    const value = parseJsonLine(line, file);
    const get = (field: string): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, field)
        ? (value as { [key: string]: unknown })[field]
        : undefined;
    const { number, bytes } = line;
    yield record({ get, fields, file, line: number, bytes, names: undefined });
  }
}

async function* fromCsv(path: string, file: string, fields: Fields): AsyncGenerator<SourceRecord> {
  let header: readonly string[] | undefined;
  for await (const { cells, line, bytes } of readCsv(path, file)) {
    if (!header) {
      header = cells.map((name) => name.trim());
      continue;
    }
    if (cells.length !== header.length)
      throw new DiagnosticError('csv-syntax', {
        message: 'this row does not have as many cells as the header',
        at: { file, line },
        expected: `${header.length} cells`,
        found: `${cells.length}`,
        fix: 'correct the row; a cell with a comma needs quotes',
      });
    const names = header;
    const get = (field: string): unknown => cells[names.indexOf(field)];
    yield record({ get, fields, file, line, bytes, names });
  }
}

function record(from: {
  readonly get: (field: string) => unknown;
  readonly fields: Fields;
  readonly file: string;
  readonly line: number;
  readonly bytes: number;
  readonly names: readonly string[] | undefined;
}): SourceRecord {
  const { get, fields, file, line, bytes, names } = from;
  const cell = (role: 'text' | 'label' | 'id', field: string): string => {
    const value = get(field);
    if (typeof value === 'string') return value;
    // Labels and ids are often numbers; null is a missing label, which is counted and dropped.
    if (role !== 'text' && typeof value === 'number') return String(value);
    if (value === null) return '';
    throw new DiagnosticError('field-missing', {
      message: `this record has no ${role} in the field ${field}`,
      at: { file, line },
      expected: `${field}: a string`,
      found:
        value === undefined ? (names ? `columns ${names.join(', ')}` : 'nothing') : JSON.stringify(value),
      fix: `correct preprocessing.fields.${role} in configs/data_config.yaml, or the record`,
    });
  };
  return {
    id: fields.id === undefined ? undefined : cell('id', fields.id),
    text: cell('text', fields.text),
    label: cell('label', fields.label).trim(),
    line,
    bytes,
  };
}
