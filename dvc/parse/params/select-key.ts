import { PythonFloat, type ParamKey } from '../../types.js';
import { isMapping, isSequence, type Value } from '../values.js';
import { fnmatch } from '../../project/index.js';

/**
 * Values at a dotted key, by the rules of the `dpath` library, which DVC uses: a step may be a glob, `**` stands for any number
 * of steps, a number is an index of a list or a key.
 */
export function selectKey(value: Value, key: string): readonly Value[] {
  return select(value, key.replace(/^\.+/, '').split('.'));
}

function select(value: Value, [step, ...rest]: readonly string[]): readonly Value[] {
  if (step === undefined) return [value];
  const inside = children(value);
  if (step === '**')
    return [...select(value, rest), ...inside.flatMap(([, child]) => select(child, [step, ...rest]))];
  return inside.filter(([key]) => matches(key, step)).flatMap(([, child]) => select(child, rest));
}

function children(value: Value): readonly (readonly [ParamKey, Value])[] {
  if (isMapping(value)) return [...value];
  return isSequence(value) ? [...value.entries()] : [];
}

function matches(key: ParamKey, step: string): boolean {
  if (key === null || typeof key === 'boolean' || key instanceof PythonFloat) return false;
  if (typeof key === 'string') return fnmatch(key, step);
  return /^\s*[-+]?[0-9]+\s*$/.test(step)
    ? BigInt(key) === BigInt(step.trim().replace('+', ''))
    : fnmatch(String(key), step);
}
