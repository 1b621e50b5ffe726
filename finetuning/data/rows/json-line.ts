import { DiagnosticError } from '../../../diagnostics/index.js';
import type { Line } from './read-lines.js';

/** @throws DiagnosticError `jsonl-syntax` */
export function parseJsonLine(line: Line, shownAs: string): unknown {
  try {
    return JSON.parse(line.text) as unknown;
  } catch (cause) {
    throw new DiagnosticError('jsonl-syntax', {
      message: `this line is not valid JSON: ${(cause as Error).message}`,
      at: { file: shownAs, line: line.number, source: line.text.slice(0, 200) },
      expected: 'one JSON object per line',
      fix: 'correct the line, or remove it',
      cause,
    });
  }
}

/** @throws DiagnosticError `bad-row` */
export function checkFields<T>(value: unknown, fields: readonly string[], file: string, line: number): T {
  const row = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  for (const field of fields) {
    const found = row[field];
    if (typeof found === 'string' && found !== '') continue;
    throw new DiagnosticError('bad-row', {
      message: `a row needs ${field}`,
      at: { file, line },
      expected: `${field}: a string that is not empty`,
      found: found === undefined ? 'nothing' : JSON.stringify(found),
      fix: 'run the stage that makes this file again, or correct the line',
    });
  }
  return value as T;
}
