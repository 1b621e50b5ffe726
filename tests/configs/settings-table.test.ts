import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { finetuningConfigSchema } from '../../configs/index.js';

interface ObjectSchema {
  readonly properties: Readonly<Record<string, ObjectSchema>>;
  readonly default?: unknown;
  readonly const?: unknown;
}

/** Keys that nobody can choose for the user. */
const REQUIRED = new Set(['method', 'model_name', 'seed']);

/** Key → its default, as the table writes it; what lies inside of a mapping as `mapping.key`. */
function defaults(properties: ObjectSchema['properties'], prefix = ''): [string, string][] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const name = prefix + key;
    if (Object.hasOwn(schema, 'properties')) return defaults(schema.properties, `${name}.`);
    return [[name, REQUIRED.has(name) ? 'required' : `\`${JSON.stringify(schema.default)}\``] as const];
  }) as [string, string][];
}

const methods = (
  z.toJSONSchema(finetuningConfigSchema, { io: 'input' }) as unknown as { readonly oneOf: ObjectSchema[] }
).oneOf;

/** `| \`key\` | default | meaning |` */
const rows = [
  ...readFileSync('docs/finetuning.md', 'utf8').matchAll(/^\| `([\w.]+)` *\| (.*?) *\| (.+?) *\|$/gm),
].map(([, key, value, meaning]) => ({ key, value, meaning }) as Record<'key' | 'value' | 'meaning', string>);

describe('the table of settings', () => {
  it.each(methods.map((schema) => [String(schema.properties.method?.const), schema] as const))(
    'has every key of %s with its default',
    (_method, { properties }) => {
      const table = new Map(rows.map(({ key, value }) => [key, value]));
      const expected = defaults(properties);
      expect(expected.map(([key]) => [key, table.get(key)])).toEqual(expected);
    },
  );

  it('has no others, none twice, and says what each does', () => {
    const known = new Set(methods.flatMap(({ properties }) => defaults(properties).map(([key]) => key)));
    expect(rows.map(({ key }) => key).filter((key) => !known.has(key))).toEqual([]);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
    expect(rows.filter(({ meaning }) => meaning.length < 10)).toEqual([]);
  });
});
