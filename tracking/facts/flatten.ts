/** `{a: {b: [1]}}` → `{'a.b': '[1]'}`: params are texts. */
export function flatten(value: Readonly<Record<string, unknown>>, prefix = ''): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [key, inner] of Object.entries(value)) {
    const name = `${prefix}${key}`;
    if (isMapping(inner) && Object.keys(inner).length > 0) Object.assign(flat, flatten(inner, `${name}.`));
    else if (inner !== undefined) flat[name] = typeof inner === 'string' ? inner : JSON.stringify(inner);
  }
  return flat;
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
