import { PythonFloat, type ParamKey, type ParamValue } from '../../types.js';
import { compareCodePoints } from './compare.js';
import { entriesOf, isMapping, isSequence } from './mapping.js';
import { floatRepr } from './number.js';

/**
 * The text of Python's `json.dumps(value, sort_keys=True)`, whose hash DVC takes for directory objects and for the run cache:
 * `", "` and `": "`, ASCII only, `1.0`, `1e-05`, `NaN`, keys sorted by code point.
 */
export function pythonJson(value: ParamValue): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : float(value);
  if (value instanceof PythonFloat) return float(value.value);
  if (isSequence(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (!isMapping(value)) throw new TypeError(`not a value of Python's JSON: ${String(value)}`);
  const members = entriesOf(value)
    .sort(([a], [b]) => compareKeys(a, b))
    .map(([key, item]) => `${quote(keyText(key))}: ${pythonJson(item)}`);
  return `{${members.join(', ')}}`;
}

function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function float(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return floatRepr(value);
}

function keyText(key: ParamKey): string {
  if (typeof key === 'string') return key;
  return key instanceof PythonFloat ? float(key.value) : String(key);
}

/**
 * Python compares keys before it makes strings of them, and refuses to compare a string with a number; DVC fails there. We
 * go on: strings after everything else.
 */
function compareKeys(a: ParamKey, b: ParamKey): number {
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(a, b);
  if (typeof a === 'string' || typeof b === 'string') return typeof a === 'string' ? 1 : -1;
  const x = keyNumber(a);
  const y = keyNumber(b);
  return x < y ? -1 : x > y ? 1 : 0;
}

function keyNumber(key: Exclude<ParamKey, string>): number | bigint {
  if (key instanceof PythonFloat) return key.value;
  return key === null ? -Infinity : typeof key === 'boolean' ? Number(key) : key;
}
