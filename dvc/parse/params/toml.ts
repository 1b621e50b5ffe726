import { TomlDate, TomlError, parse, type TomlValue } from 'smol-toml';
import { PythonFloat } from '../../types.js';
import { Unstorable, type Value } from '../values.js';
import { SourceError } from './source-error.js';

/** @throws SourceError */
export function readToml(source: string): Value {
  try {
    return convert(parse(source, { integersAsBigInt: true }));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const before = source.split('\n').slice(0, error.line - 1);
    const offset = before.reduce((sum, line) => sum + line.length + 1, 0) + error.column - 1;
    throw new SourceError(
      (error.message.split('\n')[0] as string).replace(/^Invalid TOML document: /, ''),
      offset,
    );
  }
}

function convert(value: TomlValue): Value {
  if (value instanceof TomlDate) return new Unstorable('datetime', value.toISOString());
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value === 'object')
    return new Map(Object.entries(value).map(([key, item]) => [key, convert(item)]));
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  return typeof value === 'number' ? new PythonFloat(value) : value;
}
