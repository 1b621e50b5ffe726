import { DiagnosticError } from '../../../diagnostics/index.js';
import { readLines } from '../rows/read-lines.js';
import { readCsv } from './csv.js';

/**
 * What a file of records calls its fields: the header of a .csv or .tsv, or the keys of a .jsonl's first record.
 *
 * @returns undefined of other files, and of those that a stage will find at fault
 */
export async function firstColumns(path: string): Promise<readonly string[] | undefined> {
  const name = path.replace(/\.gz$/, '');
  try {
    if (/\.[ct]sv$/.test(name)) {
      const rows = readCsv(path, path, name.endsWith('.tsv') ? '\t' : undefined);
      for await (const { cells } of rows) return cells.map((cell) => cell.trim());
    }
    if (name.endsWith('.jsonl'))
      for await (const { text } of readLines(path, path)) if (text.trim() !== '') return keysOf(text);
  } catch (error) {
    if (!(error instanceof DiagnosticError || error instanceof SyntaxError)) throw error;
  }
  return undefined;
}

function keysOf(line: string): readonly string[] | undefined {
  const record: unknown = JSON.parse(line);
  return typeof record === 'object' && record !== null && !Array.isArray(record)
    ? Object.keys(record)
    : undefined;
}
