import type { TextsConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';

/** Where a value stands, and in which field. */
export interface ValuePlace {
  readonly file: string;
  readonly line: number;
  readonly field: string;
}

/** A record's number, and whether it lies where `preprocessing.number` says. */
export interface ReadNumber {
  readonly number: number;
  readonly outside: boolean;
}

/**
 * The number that a label is.
 *
 * @param text of the cell; not blank
 * @throws DiagnosticError `bad-number`, `number-outside`
 */
export function readNumber(
  text: string,
  { min = -Infinity, max = Infinity, outside = 'error' }: NonNullable<TextsConfig['number']>,
  { file, line, field }: ValuePlace,
): ReadNumber {
  // `Number` reads more than that: an empty text, 0x10, and Infinity.
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(number))
    throw new DiagnosticError('bad-number', {
      message: `the label in ${field} is not a number, and preprocessing.number says that labels are`,
      at: { file, line },
      expected: 'a number, as 3.5 or 1e-3',
      found: JSON.stringify(text),
      fix: 'correct the record, name another field in preprocessing.fields.label, or take preprocessing.number out of configs/data_config.yaml',
    });
  const isOutside = number < min || number > max;
  if (isOutside && outside === 'error')
    throw new DiagnosticError('number-outside', {
      message: `the label in ${field} lies outside of what preprocessing.number allows`,
      at: { file, line },
      expected: `from ${min} to ${max}`,
      found: text,
      fix: 'correct the record, change min and max, or set preprocessing.number.outside to drop',
    });
  return { number, outside: isOutside };
}

/**
 * The names of all labels of a record, each once: a list as it is, or what stands between separators in a cell. Nothing is
 * no label.
 *
 * @throws DiagnosticError `bad-labels`
 */
export function readLabels(value: unknown, separator: string | undefined, place: ValuePlace): string[] {
  if (value === undefined || value === null) return [];
  const list = typeof value === 'string' ? partsOf(value, separator, place) : value;
  if (!Array.isArray(list) || !list.every(isName))
    throw badLabels('a list of labels has names alone', value, place);
  const names = (list as readonly (string | number | bigint)[]).map((name) => String(name).trim());
  return [...new Set(names.filter((name) => name !== ''))];
}

function isName(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
}

function partsOf(text: string, separator: string | undefined, place: ValuePlace): readonly unknown[] {
  if (text.trim() === '') return [];
  if (separator !== undefined) return text.split(separator);
  if (text.trimStart().startsWith('['))
    try {
      return JSON.parse(text) as readonly unknown[];
    } catch {
      throw badLabels('this list of labels is not valid JSON', text, place);
    }
  throw badLabels('the labels of a cell need a separator', text, place);
}

function badLabels(message: string, value: unknown, { file, line, field }: ValuePlace): DiagnosticError {
  return new DiagnosticError('bad-labels', {
    message: `${message}: ${field}`,
    at: { file, line },
    expected: 'a list of names; or in one cell, names between the signs that preprocessing.separator says',
    found: JSON.stringify(value)?.slice(0, 200) ?? 'nothing',
    fix: 'set preprocessing.separator in configs/data_config.yaml, or correct the record',
  });
}
