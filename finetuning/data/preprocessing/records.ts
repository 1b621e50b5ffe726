import type { TextsConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { parseJsonLine } from '../rows/json-line.js';
import { readLines } from '../rows/read-lines.js';
import { readCsv } from './csv.js';
import { readJsonArray } from './json-array.js';
import { readParquet } from './parquet.js';
import { RecordReader, fieldsOf, type RawRecord } from './record-reader.js';
import type { SourceRecord } from './source-record.js';

/**
 * Records of the user's own: a .csv or .tsv with a header (a .csv may have semicolons), a .jsonl, a .json with a list, a .parquet.
 *
 * @throws DiagnosticError `field-missing`, `jsonl-syntax`, `json-syntax`, `csv-syntax`, `bad-parquet` with file and line
 */
export async function* readRecords(
  path: string,
  shownAs: string,
  config: TextsConfig,
): AsyncGenerator<SourceRecord> {
  const reader = new RecordReader(shownAs, config);
  for await (const raw of rawRecords(path, shownAs, reader.columns)) yield reader.read(raw);
}

/**
 * Records as their format has them.
 *
 * @param columns what is read of a .parquet; absent: all
 */
export function rawRecords(
  path: string,
  shownAs: string,
  columns?: readonly string[],
): AsyncIterable<RawRecord> {
  const name = path.replace(/\.gz$/, '');
  if (name.endsWith('.csv')) return fromTable(path, shownAs);
  if (name.endsWith('.tsv')) return fromTable(path, shownAs, '\t');
  if (name.endsWith('.json')) return readJsonArray(path, shownAs);
  if (name.endsWith('.parquet')) return readParquet(path, shownAs, columns);
  return fromJsonl(path, shownAs);
}

async function* fromJsonl(path: string, file: string): AsyncGenerator<RawRecord> {
  for await (const line of readLines(path, file)) {
    if (line.text.trim() === '') continue;
    yield { ...fieldsOf(parseJsonLine(line, file)), line: line.number, bytes: line.bytes };
  }
}

async function* fromTable(path: string, file: string, separator?: string): AsyncGenerator<RawRecord> {
  let header: readonly string[] | undefined;
  for await (const { cells, line, bytes } of readCsv(path, file, separator)) {
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
        fix: 'correct the row; a cell with what separates cells needs quotes',
      });
    const names = header;
    yield { get: (field) => cells[names.indexOf(field)], names, line, bytes };
  }
}
