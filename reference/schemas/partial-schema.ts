import type { JsonSchema } from './json-schema.js';

/**
 * The schema of one of two files that are laid over one another: no key need be in it, since the other may have it. A
 * union of mappings becomes one mapping with the keys of all, so that an editor completes them before it is known which is
 * meant; once the deciding key is there, keys of the others are refused.
 */
export function partialSchema(schema: JsonSchema): JsonSchema {
  const { required: _required, default: _default, ...rest } = schema;
  const objects = schema.oneOf?.every((option) => option.properties !== undefined);
  if (schema.oneOf && objects) {
    const { oneOf: options, ...around } = schema;
    return { ...around, ...mergeOptions(options.map(partialSchema)) };
  }
  if (!schema.properties) return schema;
  const properties = Object.entries(schema.properties).map(([key, property]) => [
    key,
    property === false ? property : partialSchema(property),
  ]);
  return {
    ...rest,
    ...(schema.default === undefined ? {} : { default: schema.default }),
    properties: Object.fromEntries(properties),
  };
}

function mergeOptions(options: readonly JsonSchema[]): JsonSchema {
  const key = decidingKey(options);
  const names = [...new Set(options.flatMap((option) => Object.keys(option.properties ?? {})))];
  const properties = names.map((name) => [name, either(variantsOf(options, name), name === key)]);
  const conditions = options.map((option) => {
    const then = names.flatMap((name): [string, JsonSchema | false][] => {
      const own = option.properties?.[name];
      if (own === undefined) return [[name, false]];
      return name !== key && variantsOf(options, name).length > 1 ? [[name, own]] : [];
    });
    const decides = option.properties?.[key];
    return {
      if: { properties: { [key]: { enum: decides ? valuesOf(decides) : [] } }, required: [key] },
      then: { properties: Object.fromEntries(then) },
    };
  });
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as Record<string, JsonSchema>,
    additionalProperties: false,
    allOf: conditions.filter(({ then }) => Object.keys(then.properties).length > 0),
  };
}

/** The different schemas that a key has in the options. */
function variantsOf(options: readonly JsonSchema[], name: string): readonly JsonSchema[] {
  const variants = new Map<string, JsonSchema>();
  for (const { properties } of options) {
    const property = properties?.[name];
    if (property) variants.set(JSON.stringify(property), property);
  }
  return [...variants.values()];
}

function either(variants: readonly JsonSchema[], decides: boolean): JsonSchema {
  const [first, ...others] = variants as [JsonSchema, ...JsonSchema[]];
  if (others.length === 0) return first;
  const description = [...new Set(variants.flatMap((each) => each.description ?? []))].join(' ');
  return {
    ...(description === '' ? {} : { description }),
    ...(decides ? { enum: variants.flatMap(valuesOf) } : { anyOf: variants }),
  };
}

function valuesOf({ const: value, enum: values }: JsonSchema): readonly unknown[] {
  return values ?? [value];
}

/** The key whose values differ from option to option. */
function decidingKey(options: readonly JsonSchema[]): string {
  const isConstant = (property: JsonSchema | false | undefined): boolean =>
    property !== undefined &&
    property !== false &&
    (property.const !== undefined || property.enum !== undefined);
  const found = Object.keys(options[0]?.properties ?? {}).find(
    (name) =>
      options.every(({ properties }) => isConstant(properties?.[name])) &&
      variantsOf(options, name).length === options.length,
  );
  if (found === undefined) throw new Error('no key tells the options of a union apart');
  return found;
}
