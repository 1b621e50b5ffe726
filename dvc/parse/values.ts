import { PythonFloat, type ParamKey, type ParamValue } from '../types.js';

/** A value that a params file may hold, but neither DVC's templates nor its lock file: a date, a set, bytes. */
export class Unstorable {
  constructor(
    /** Python's name for its type. */
    readonly type: string,
    readonly text: string,
  ) {}
}

export type Scalar = null | boolean | number | bigint | string | PythonFloat | Unstorable;
export type Mapping = ReadonlyMap<ParamKey, Value>;
export type Sequence = readonly Value[];
/** What a file holds, as DVC's Python would have it. Mappings keep their order and the types of their keys. */
export type Value = Scalar | Sequence | Mapping;

export function isMapping(value: unknown): value is Mapping {
  return value instanceof Map;
}

export function isSequence(value: unknown): value is Sequence {
  return Array.isArray(value);
}

/** Python's name for the type of a value. */
export function typeName(value: Value): string {
  if (value === null) return 'NoneType';
  if (isMapping(value)) return 'dict';
  if (isSequence(value)) return 'list';
  if (value instanceof PythonFloat) return 'float';
  if (value instanceof Unstorable) return value.type;
  return { boolean: 'bool', number: 'int', bigint: 'int', string: 'str' }[
    typeof value as 'boolean' | 'number' | 'bigint' | 'string'
  ];
}

/** JavaScript's own values: for those who read settings, and need not write Python's bytes again. */
export function toPlain(value: Value): unknown {
  if (value instanceof PythonFloat) return value.value;
  if (value instanceof Unstorable) return value.text;
  if (isSequence(value)) return value.map(toPlain);
  if (isMapping(value))
    return Object.fromEntries([...value].map(([key, item]) => [keyText(key), toPlain(item)]));
  return value;
}

export function keyText(key: ParamKey): string {
  return key instanceof PythonFloat ? String(key.value) : String(key);
}

/** Names that JavaScript objects would move to the front. */
const INTEGER_LIKE = /^(?:0|[1-9][0-9]*)$/;

/**
 * Values of params files, as types.ts describes them. Within one converter, one value gives one object: DVC writes
 * a second occurrence as a YAML alias.
 *
 * @param refuse what to throw for a value that cannot be stored
 */
export function paramConverter(refuse: (found: Unstorable) => Error): (value: Value) => ParamValue {
  const known = new Map<Value, ParamValue>();
  const convert = (value: Value): ParamValue => {
    if (value instanceof Unstorable) throw refuse(value);
    if (!isSequence(value) && !isMapping(value)) return value;
    const before = known.get(value);
    if (before !== undefined) return before;
    const converted = isSequence(value) ? value.map(convert) : convertMapping(value);
    known.set(value, converted);
    return converted;
  };
  const convertMapping = (mapping: Mapping): ParamValue => {
    const entries = [...mapping].map(([key, item]): [ParamKey, ParamValue] => [key, convert(item)]);
    const isObject = entries.every(([key]) => typeof key === 'string' && !INTEGER_LIKE.test(key));
    return isObject ? (Object.fromEntries(entries) as Record<string, ParamValue>) : new Map(entries);
  };
  return convert;
}
