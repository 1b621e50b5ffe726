import { DiagnosticError } from '../../../diagnostics/index.js';
import { readCsv } from './csv.js';
import type { RawRecord } from './record-reader.js';
import { rawRecords } from './records.js';

/** The beginning of a file of records. */
export interface FirstRecords {
  /** In the file's order. */
  readonly columns: readonly string[];
  /** By column. */
  readonly records: readonly Readonly<Record<string, unknown>>[];
}

/**
 * What a file of records calls its fields, and what they hold at its beginning. A file that a stage will find at fault further
 * down is read until there.
 *
 * @param most records that are read
 * @returns undefined of other files, and of those that are at fault from the start
 */
export async function firstRecords(path: string, most: number): Promise<FirstRecords | undefined> {
  if (!/\.((csv|tsv|jsonl|json)(\.gz)?|parquet)$/.test(path)) return undefined;
  const columns = new Set<string>();
  const records: Record<string, unknown>[] = [];
  try {
    for (const name of await headerOf(path)) columns.add(name);
    for await (const raw of rawRecords(path, path)) {
      const names = raw.names ?? keysOf(raw);
      if (!names) break;
      for (const name of names) columns.add(name);
      records.push(Object.fromEntries(names.map((name) => [name, raw.get(name)])));
      if (records.length === most) break;
    }
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
  }
  return columns.size === 0 ? undefined : { columns: [...columns], records };
}

/** A table has a header even where it has no rows. */
async function headerOf(path: string): Promise<readonly string[]> {
  const name = path.replace(/\.gz$/, '');
  if (!/\.[ct]sv$/.test(name)) return [];
  for await (const { cells } of readCsv(path, path, name.endsWith('.tsv') ? '\t' : undefined))
    return cells.map((cell) => cell.trim());
  return [];
}

function keysOf({ value }: RawRecord): readonly string[] | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.keys(value)
    : undefined;
}
