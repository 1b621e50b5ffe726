import type { JsonSchema } from '../schemas/json-schema.js';

/** What may be written, in words: `integer ≥ 1, or null`. */
export function valueText(schema: JsonSchema): string {
  const { const: value, enum: values, anyOf, oneOf, type, items, properties } = schema;
  if (value !== undefined) return code(value);
  if (values) return either(values.map(code));
  const options = anyOf ?? oneOf;
  if (options) return either([...new Set(options.map(valueText))]);
  if (type === 'null') return '`null`';
  if (type === 'array') return listText(items);
  if (type === 'object') {
    const other = schema.additionalProperties;
    if (properties) return `mapping of ${Object.keys(properties).map(code).join(', ')}`;
    return typeof other === 'object' ? `mapping to ${valueText(other)}` : 'mapping';
  }
  if (type === 'number' || type === 'integer') return numberText(schema);
  return type ?? 'anything';
}

function listText(items: JsonSchema['items']): string {
  if (Array.isArray(items)) return `[${(items as JsonSchema[]).map(valueText).join(', ')}]`;
  return `list of ${valueText((items ?? {}) as JsonSchema)}`;
}

function numberText(schema: JsonSchema): string {
  const { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const from = minimum === undefined ? exclusiveMinimum : minimum;
  const to = maximum === undefined ? exclusiveMaximum : maximum;
  if (from === undefined && to === undefined) return String(type);
  if (from === undefined) return `${type} ${maximum === undefined ? '<' : '≤'} ${to}`;
  const lower = minimum === undefined ? '>' : '≥';
  if (to === undefined) return `${type} ${lower} ${from}`;
  return `${type} ${lower} ${from} and ${maximum === undefined ? '<' : '≤'} ${to}`;
}

function either(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`;
}

export function code(value: unknown): string {
  return `\`${typeof value === 'string' && value !== '' ? value : JSON.stringify(value)}\``;
}
