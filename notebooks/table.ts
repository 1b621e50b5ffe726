import { escape } from '../finetuning/index.js';
import { show, showNothingYet } from './show.js';

export type Cell = string | number | boolean | null | undefined;

/** Characters; what a row of a data set says may be as long as a book. */
const LONGEST_CELL = 160;

/**
 * Shows a table of records: a column for each field that any of them has, in the order in which they come up.
 *
 * @param title stands above it
 */
export async function table(
  title: string,
  records: readonly Readonly<Record<string, Cell>>[],
): Promise<void> {
  if (records.length === 0) return showNothingYet(title);
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const numeric = columns.map((column) =>
    records.every((record) => typeof (record[column] ?? 0) === 'number'),
  );
  const body = records.map((record) => columns.map((column) => said(record[column])));
  const aligned = (column: number): string =>
    numeric[column] ? ' style="text-align: right"' : ' style="text-align: left"';
  const html = [
    `<table><caption>${escape(title)}</caption>`,
    `<thead><tr>${columns.map((name, at) => `<th${aligned(at)}>${escape(name)}</th>`).join('')}</tr></thead>`,
    '<tbody>',
    ...body.map(
      (row) => `<tr>${row.map((cell, at) => `<td${aligned(at)}>${escape(cell)}</td>`).join('')}</tr>`,
    ),
    '</tbody></table>',
  ];
  const widths = columns.map((name, at) => Math.max(name.length, ...body.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (numeric[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  await show({
    'text/html': html.join('\n'),
    'text/plain': [title, line(columns), ...body.map(line)].join('\n'),
  });
}

function said(cell: Cell): string {
  if (cell === undefined || cell === null) return '–';
  if (typeof cell === 'number') return Number.isInteger(cell) ? cell.toLocaleString('en-US') : precise(cell);
  const text = String(cell).replaceAll(/\s+/g, ' ');
  return text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL - 1)}…` : text;
}

/** 0.84567 → `0.8457`; 0.00004 → `4.00e-5`. */
function precise(value: number): string {
  return Math.abs(value) >= 0.001 ? value.toFixed(4) : value.toExponential(2);
}
