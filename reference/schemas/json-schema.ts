import type { Type } from 'typescript';
import { z } from 'zod';
import type { Docstrings } from '../docstrings.js';

/** Of JSON Schema draft 7, which editors' YAML servers know, what zod makes of our schemas. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema | false>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly if?: JsonSchema;
  readonly then?: JsonSchema;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/**
 * A zod schema as JSON Schema: what a person writes, with each key's docstring as its description. What zod checks in
 * functions of ours (settings that do not go together) has no place in it.
 *
 * @param defaults of keys that have theirs elsewhere than in the schema
 */
export function jsonSchema(
  schema: z.ZodType,
  type: Type,
  docstrings: Docstrings,
  defaults: Readonly<Record<string, unknown>> = {},
): JsonSchema {
  const { $schema: _draft, ...plain } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
  const described = describe(tidy(plain as JsonSchema), type, docstrings);
  const properties = Object.entries(described.properties ?? {}).map(([key, property]) => [
    key,
    property !== false && defaults[key] !== undefined ? { ...property, default: defaults[key] } : property,
  ]);
  return described.properties ? { ...described, properties: Object.fromEntries(properties) } : described;
}

/** Without the limit that zod sets to every integer, and without names of any kind being strings. */
function tidy(value: JsonSchema): JsonSchema {
  return JSON.parse(
    JSON.stringify(value, (key, each: unknown) => {
      if (key === 'maximum' && each === Number.MAX_SAFE_INTEGER) return undefined;
      if (key === 'minimum' && each === Number.MIN_SAFE_INTEGER) return undefined;
      if (key === 'propertyNames' && JSON.stringify(each) === '{"type":"string"}') return undefined;
      return each;
    }),
  ) as JsonSchema;
}

function describe(schema: JsonSchema, type: Type, docstrings: Docstrings): JsonSchema {
  const inner = (each: JsonSchema): JsonSchema => describe(each, type, docstrings);
  if (schema.oneOf) return { ...schema, oneOf: schema.oneOf.map(inner) };
  if (schema.anyOf) return { ...schema, anyOf: schema.anyOf.map(inner) };
  if (schema.properties) {
    const object = objectOf(schema.properties, type, docstrings);
    const properties = Object.entries(schema.properties).map(([key, property]) => {
      const known = object && docstrings.propertyOf(object, key);
      if (!known || property === false) return [key, property];
      const description = known.docstring === '' ? {} : { description: known.docstring };
      return [key, { ...description, ...describe(property, known.type, docstrings) }];
    });
    return { ...schema, properties: Object.fromEntries(properties) };
  }
  const element = docstrings.elementOf(type);
  if (!element) return schema;
  const { items, additionalProperties: values } = schema;
  if (items && !Array.isArray(items))
    return { ...schema, items: describe(items as JsonSchema, element, docstrings) };
  if (typeof values === 'object')
    return { ...schema, additionalProperties: describe(values, element, docstrings) };
  return schema;
}

/** Of the types in a union, the one with these keys; where two have them, the one whose values are these, too. */
function objectOf(
  properties: NonNullable<JsonSchema['properties']>,
  type: Type,
  docstrings: Docstrings,
): Type | undefined {
  return docstrings.objectsOf(type).find((each) =>
    Object.entries(properties).every(([key, property]) => {
      const known = docstrings.propertyOf(each, key);
      if (!known || property === false) return false;
      const values = property.const !== undefined ? [property.const] : property.enum;
      const strings = docstrings.stringsOf(known.type);
      return values === undefined || strings.length === 0 || values.every((v) => strings.includes(String(v)));
    }),
  );
}
