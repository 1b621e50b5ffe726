import { PythonFloat, type LockEntry, type ParamValue } from '../../dvc/index.js';

/** The file whose keys need not name it. */
const USUAL = 'params.yaml';

/** `{'params.yaml': {train: {lr: 0.1}}, 'b.yaml': {seed: 1}}` → `{'train.lr': 0.1, 'b.yaml:seed': 1}`. */
export function flattenParams(params: NonNullable<LockEntry['params']>): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  for (const [file, values] of Object.entries(params))
    for (const [key, value] of Object.entries(values))
      flatten(flat, file === USUAL ? key : `${file}:${key}`, value);
  return flat;
}

function flatten(flat: Record<string, unknown>, name: string, value: ParamValue): void {
  const inner = mappingOf(value);
  if (inner && inner.length > 0) for (const [key, below] of inner) flatten(flat, `${name}.${key}`, below);
  else flat[name] = plain(value);
}

function mappingOf(value: ParamValue): (readonly [string, ParamValue])[] | undefined {
  if (value instanceof Map)
    return [...(value as ReadonlyMap<unknown, ParamValue>)].map(([key, below]) => [
      String(key instanceof PythonFloat ? key.value : key),
      below,
    ]);
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof PythonFloat)
    return undefined;
  return Object.entries(value);
}

/** As JSON has it. */
function plain(value: ParamValue): unknown {
  if (value instanceof PythonFloat) return value.value;
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map((one: ParamValue) => plain(one));
  const inner = mappingOf(value);
  return inner ? Object.fromEntries(inner.map(([key, below]) => [key, plain(below)])) : value;
}
