import { DiagnosticError } from '../../../diagnostics/index.js';
import { readLines } from '../rows/read-lines.js';

export interface CsvRow {
  readonly cells: readonly string[];
  /** Line on which the row starts, from 1. */
  readonly line: number;
  readonly bytes: number;
}

/**
 * RFC 4180: commas, quotes doubled inside quotes, line ends inside quotes.
 *
 * @param separator a comma, or a tab; absent: what the first line has between its cells
 * @throws DiagnosticError `csv-syntax` with file and line
 */
export async function* readCsv(path: string, shownAs: string, separator?: string): AsyncGenerator<CsvRow> {
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let start = 0;
  let between = separator;
  for await (const { text, number, bytes } of readLines(path, shownAs)) {
    if (quoted) cell += '\n';
    else {
      if (text === '') continue;
      start = number;
      between ??= separatorOf(text);
      cells = [];
      cell = '';
    }
    for (let at = 0; at < text.length; at++) {
      const character = text[at] as string;
      if (quoted) {
        if (character !== '"') cell += character;
        else if (text[at + 1] === '"') {
          cell += '"';
          at++;
        } else {
          quoted = false;
          if (at + 1 < text.length && text[at + 1] !== between)
            throw syntax(shownAs, number, at + 2, 'a closing quote is followed by more text', text);
        }
      } else if (character === between) {
        cells.push(cell);
        cell = '';
      } else if (character === '"') {
        if (cell !== '') throw syntax(shownAs, number, at + 1, 'a quote opens inside a cell', text);
        quoted = true;
      } else cell += character;
    }
    if (!quoted) yield { cells: [...cells, cell], line: start, bytes };
  }
  if (quoted) throw syntax(shownAs, start, undefined, 'a quote is never closed', undefined);
}

/** Where a comma is the decimal mark, spreadsheets write semicolons. Of a header that has neither, it is of no matter. */
function separatorOf(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '');
  return [',', ';', '\t'].find((one) => bare.includes(one)) ?? ',';
}

function syntax(
  file: string,
  line: number,
  column: number | undefined,
  message: string,
  source: string | undefined,
): DiagnosticError {
  return new DiagnosticError('csv-syntax', {
    message,
    at: {
      file,
      line,
      ...(column === undefined ? {} : { column }),
      ...(source === undefined ? {} : { source: source.slice(0, 200) }),
    },
    fix: 'put cells with commas, quotes or line ends in quotes, and double the quotes in them',
  });
}
