import type { JsonSchema } from '../schemas/json-schema.js';
import { code, valueText } from './value-text.js';

/** A setting, with its path from the file's or section's top. */
interface Setting {
  readonly path: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
  /** Where it is known for some values of another key alone: `` `method` is `lora` ``. */
  readonly where?: string;
}

/** A Markdown table of every setting of a schema, those inside of mappings and lists under their dotted path. */
export function settingsTable(schema: JsonSchema): string {
  const rows = settingsOf(schema, '').map(({ path, schema: value, required, where }) => {
    const meaning = [where === undefined ? '' : `Where ${where}.`, value.description ?? ''];
    const usual = value.default === undefined ? (required ? 'required' : '–') : code(value.default);
    return [code(path), valueText(value), usual, meaning.filter(Boolean).join(' ')];
  });
  const lines = [['key', 'value', 'default', 'meaning'], ['-', '-', '-', '-'], ...rows];
  return lines.map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function settingsOf(schema: JsonSchema, prefix: string, where?: string): Setting[] {
  const union = optionsOf(schema);
  if (union) return union.flatMap(([option, condition]) => settingsOf(option, prefix, condition));
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    if (property === false) return [];
    const path = `${prefix}${key}`;
    const required = schema.required?.includes(key) === true && property.default === undefined;
    const own: Setting = { path, schema: property, required, ...(where === undefined ? {} : { where }) };
    const inside = insideOf(property, path);
    // A mapping that nothing is said of is only where its keys stand.
    return property.description === undefined && inside.length > 0 ? inside : [own, ...inside];
  });
}

function insideOf(property: JsonSchema, path: string): Setting[] {
  if (property.type === 'array' && property.items && !Array.isArray(property.items))
    return settingsOf(property.items as JsonSchema, `${path}[].`);
  const nullable = property.anyOf?.filter(({ type }) => type !== 'null');
  return settingsOf(nullable?.length === 1 ? (nullable[0] as JsonSchema) : property, `${path}.`);
}

/** A union of mappings as the keys that all have, and those that some have, with what must be written for them. */
function optionsOf(schema: JsonSchema): [JsonSchema, string | undefined][] | undefined {
  const options = schema.oneOf;
  if (!options?.every(({ properties }) => properties)) return undefined;
  const keys = Object.keys(options[0]?.properties ?? {}).filter((key) =>
    options.every(({ properties }) => properties?.[key]),
  );
  const deciding = keys.find(
    (key) => new Set(options.map((each) => JSON.stringify(each.properties?.[key]))).size === options.length,
  );
  if (deciding === undefined) return undefined;
  const groups = new Map<string, Map<string, { property: JsonSchema; required: boolean }>>();
  const names = [...new Set(options.flatMap(({ properties }) => Object.keys(properties ?? {})))];
  for (const name of names) {
    for (const option of options) {
      const property = option.properties?.[name];
      if (!property || name === deciding) continue;
      const same = options.filter(
        ({ properties }) => JSON.stringify(properties?.[name]) === JSON.stringify(property),
      );
      const where =
        same.length === options.length
          ? ''
          : `${code(deciding)} is ${valueText({ anyOf: same.map(({ properties }) => properties?.[deciding] || {}) })}`;
      const group = groups.get(where) ?? new Map<string, { property: JsonSchema; required: boolean }>();
      group.set(name, { property, required: option.required?.includes(name) === true });
      groups.set(where, group);
    }
  }
  const values = options.flatMap(({ properties }) => {
    const property = properties?.[deciding];
    return property ? (property.enum ?? [property.const]) : [];
  });
  const descriptions = options.flatMap(({ properties }) => (properties?.[deciding] || {}).description ?? []);
  const first: JsonSchema = {
    properties: {
      [deciding]: {
        enum: values,
        ...(descriptions.length ? { description: [...new Set(descriptions)].join(' ') } : {}),
      },
    },
    required: [deciding],
  };
  const rest = [...groups].sort(([a], [b]) => Number(a !== '') - Number(b !== ''));
  return [
    [first, undefined],
    ...rest.map(([where, group]): [JsonSchema, string | undefined] => [
      {
        properties: Object.fromEntries([...group].map(([name, { property }]) => [name, property])),
        required: [...group].flatMap(([name, { required }]) => (required ? [name] : [])),
      },
      where === '' ? undefined : where,
    ]),
  ];
}
