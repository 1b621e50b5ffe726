import { PythonFloat, type ParamKey, type ParamValue } from '../../types.js';
import { entriesOf, isMapping, isSequence } from './mapping.js';

/** Python's `==`: `1`, `1.0` and `True` are one value, NaN is none, the order of a mapping's keys is nothing. */
export function pythonEquals(a: ParamValue, b: ParamValue): boolean {
  const x = numeric(a);
  const y = numeric(b);
  if (x !== undefined && y !== undefined) return equalNumbers(x, y);
  if (a === null || b === null || typeof a === 'string' || typeof b === 'string') return a === b;
  if (isSequence(a) && isSequence(b))
    return a.length === b.length && a.every((item, i) => pythonEquals(item, b[i] as ParamValue));
  if (!isMapping(a) || !isMapping(b)) return false;
  const others = new Map(entriesOf(b).map(([key, value]) => [keyText(key), value]));
  const entries = entriesOf(a);
  return (
    entries.length === others.size &&
    entries.every(([key, value]) => {
      const other = others.get(keyText(key));
      return other !== undefined && pythonEquals(value, other);
    })
  );
}

/** JavaScript orders numbers and bigints exactly, as Python does; NaN has no place in that order. */
function equalNumbers(x: number | bigint, y: number | bigint): boolean {
  return x <= y && x >= y;
}

function numeric(value: ParamValue): number | bigint | undefined {
  if (value instanceof PythonFloat) return value.value;
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'number' || typeof value === 'bigint' ? value : undefined;
}

function keyText(key: ParamKey): string {
  const number = numeric(key);
  if (key === null) return 'null';
  return number === undefined ? `text ${String(key)}` : `number ${String(number)}`;
}
