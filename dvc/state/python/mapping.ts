import { PythonFloat, type ParamKey, type ParamValue } from '../../types.js';

/** A mapping's entries in their order, whichever of the two forms it has. */
export function entriesOf(
  mapping: { readonly [key: string]: ParamValue } | ReadonlyMap<ParamKey, ParamValue>,
): (readonly [ParamKey, ParamValue])[] {
  return mapping instanceof Map ? [...mapping] : Object.entries(mapping);
}

export function isSequence(value: ParamValue): value is readonly ParamValue[] {
  return Array.isArray(value);
}

export function isMapping(
  value: ParamValue,
): value is { readonly [key: string]: ParamValue } | ReadonlyMap<ParamKey, ParamValue> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof PythonFloat)
  );
}
