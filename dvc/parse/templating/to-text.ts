import type { ProjectConfig } from '../../types.js';
import { PythonFloat } from '../../types.js';
import { floatRepr } from '../../state/python/number.js';
import {
  Unstorable,
  isMapping,
  isSequence,
  keyText,
  typeName,
  type Mapping,
  type Scalar,
  type Value,
} from '../values.js';
import { TemplateError } from './template-error.js';

export type ParsingConfig = Pick<ProjectConfig, 'parsingBool' | 'parsingList'>;

/** What stands in the text for a value of a template. A mapping becomes options of a command line. */
export function toText(value: Value, config: ParsingConfig): string {
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (isMapping(value)) return toOptions(value, config);
  if (isSequence(value)) {
    throw new TemplateError(
      'template-type',
      'a list cannot stand inside a text',
      'name one of its items: ${list[0]}',
    );
  }
  return pythonText(value);
}

/** Python's `str` of a scalar. */
export function pythonText(value: Scalar): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value instanceof PythonFloat) {
    if (Number.isNaN(value.value)) return 'nan';
    return Number.isFinite(value.value) ? floatRepr(value.value) : value.value < 0 ? '-inf' : 'inf';
  }
  return value instanceof Unstorable ? value.text : String(value);
}

/** `--name value` for each leaf, nested names joined by dots. */
function toOptions(mapping: Mapping, config: ParsingConfig): string {
  const options: string[] = [];
  for (const [name, value] of flatten(mapping, '')) {
    if (typeof value === 'boolean') {
      if (value) options.push(`--${name}`);
      else if (config.parsingBool === 'boolean_optional') options.push(`--no-${name}`);
    } else if (isSequence(value)) {
      const items = value.map((item) => optionItem(name, item));
      if (config.parsingList === 'append') options.push(...items.map((item) => `--${name} ${item}`));
      else if (items.length > 0) options.push(`--${name} ${items.join(' ')}`);
    } else options.push(`--${name} ${typeof value === 'string' ? shellQuote(value) : pythonText(value)}`);
  }
  return options.join(' ').trimEnd();
}

function optionItem(name: string, item: Value): string {
  if (typeof item === 'string') return shellQuote(item);
  if (!isSequence(item) && !isMapping(item)) return pythonText(item);
  throw new TemplateError(
    'template-type',
    `${name} holds a ${typeName(item)} inside a list, which has no form on a command line`,
    'make it a list of plain values',
  );
}

function* flatten(mapping: Mapping, prefix: string): Generator<readonly [string, Scalar | readonly Value[]]> {
  for (const [key, value] of mapping) {
    if (isMapping(value)) yield* flatten(value, `${prefix}${keyText(key)}.`);
    else yield [prefix + keyText(key), value];
  }
}

/** Python's `shlex.quote`. */
function shellQuote(text: string): string {
  if (text === '') return "''";
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}
