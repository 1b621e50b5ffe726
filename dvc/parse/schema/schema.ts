import { DiagnosticError, type Location, type YamlPath } from '../../../diagnostics/index.js';
import { keyText, isMapping, isSequence, typeName, type Value } from '../values.js';

/** Anything that can say where a value stands. */
export interface Located {
  locate(path: YamlPath): Location;
}

/** Checks a value that stands at `path`. @throws DiagnosticError `wrong-type`, `unknown-key`, `missing-key` */
export type Schema = (value: Value, path: YamlPath, file: Located) => void;

/** DVC checks a file before any template in it is resolved. So do we, with what Voluptuous means by the same words. */
export const anything: Schema = () => undefined;
export const text = scalar('a string', (value) => typeof value === 'string');
export const flag = scalar('true or false', (value) => typeof value === 'boolean');
export const integer = scalar(
  'an integer',
  (value) => typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean',
);
export const anyList = scalar('a list', isSequence);
export const anyMapping = scalar('a mapping', isMapping);

function scalar(expected: string, accepts: (value: Value) => boolean): Schema {
  return (value, path, file) => {
    if (!accepts(value)) throw wrongType(value, path, file, expected);
  };
}

export function listOf(item: Schema): Schema {
  return (value, path, file) => {
    if (!isSequence(value)) throw wrongType(value, path, file, 'a list');
    for (const [index, element] of value.entries()) item(element, [...path, index], file);
  };
}

/** A mapping with keys of the user's choice. */
export function mappingOf(item: Schema): Schema {
  return (value, path, file) => {
    if (!isMapping(value)) throw wrongType(value, path, file, 'a mapping');
    for (const [key, element] of value) {
      const inside = [...path, keyText(key)];
      if (typeof key !== 'string') {
        throw new DiagnosticError('wrong-type', {
          message: `the name ${keyText(key)} is not a string`,
          at: file.locate(inside),
          fix: `put it in quotes: '${keyText(key)}'`,
        });
      }
      item(element, inside, file);
    }
  };
}

/** A mapping with known keys. */
export function record(fields: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return (value, path, file) => {
    if (!isMapping(value)) throw wrongType(value, path, file, 'a mapping');
    for (const [key, element] of value) {
      const field = typeof key === 'string' && Object.hasOwn(fields, key) ? fields[key] : undefined;
      const inside = [...path, keyText(key)];
      if (!field) {
        throw new DiagnosticError('unknown-key', {
          message: `${keyText(key)} is not a known key${path.length > 0 ? ` in ${path.join('.')}` : ''}`,
          at: file.locate(inside),
          fix: `remove it, or use one of: ${Object.keys(fields).join(', ')}`,
        });
      }
      field(element, inside, file);
    }
    for (const key of required) {
      if (value.has(key)) continue;
      throw new DiagnosticError('missing-key', {
        message: `${path.join('.')} has no ${key}`,
        at: file.locate(path),
        fix: `add ${key}`,
      });
    }
  };
}

/** One schema for each kind of value that may stand here. */
export function either(kinds: {
  readonly text?: Schema;
  readonly list?: Schema;
  readonly mapping?: Schema;
  readonly null?: Schema;
}): Schema {
  const names = { text: 'a string', list: 'a list', mapping: 'a mapping', null: 'nothing' } as const;
  const expected = (Object.keys(kinds) as (keyof typeof names)[]).map((kind) => names[kind]).join(' or ');
  return (value, path, file) => {
    const kind = kindOf(value);
    const schema = kind && kinds[kind];
    if (!schema) throw wrongType(value, path, file, expected);
    schema(value, path, file);
  };
}

function kindOf(value: Value): 'text' | 'list' | 'mapping' | 'null' | undefined {
  if (value === null) return 'null';
  if (isSequence(value)) return 'list';
  if (isMapping(value)) return 'mapping';
  return typeof value === 'string' ? 'text' : undefined;
}

export function wrongType(value: Value, path: YamlPath, file: Located, expected: string): DiagnosticError {
  const name = path.join('.') || 'the file';
  return new DiagnosticError('wrong-type', {
    message: `${name} has a value of the wrong type`,
    at: file.locate(path),
    expected,
    found: describe(value),
    fix: `correct ${name}`,
  });
}

const KINDS: Readonly<Record<string, string>> = {
  NoneType: 'nothing',
  dict: 'a mapping',
  list: 'a list',
  float: 'a number',
  int: 'a number',
  bool: 'true or false',
  datetime: 'a date',
  str: 'a string',
};

function describe(value: Value): string {
  return KINDS[typeName(value)] ?? typeName(value);
}
