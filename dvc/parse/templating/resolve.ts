import type { ParamKey } from '../../types.js';
import { isMapping, isSequence, typeName, type Value } from '../values.js';
import type { Context } from './context.js';
import { findTemplates } from './expression.js';
import { isNode, toValue, type Node, type NodeOrValue } from './node.js';
import { TemplateError } from './template-error.js';
import { toText, type ParsingConfig } from './to-text.js';

/** Which part of a stage is being resolved: some take more than others. */
export type Place = 'cmd' | 'foreach' | 'other';

/** Gives every template in a value its value, in keys, too. @throws TemplateError */
export function resolveValue(value: Value, context: Context, place: Place, config: ParsingConfig): Value {
  const resolved = resolveNodes(value, context, place, config);
  return plain(resolved);
}

/** As resolveValue, but what a template stands for alone stays a node. */
export function resolveNodes(
  value: Value,
  context: Context,
  place: Place,
  config: ParsingConfig,
): NodeOrValue {
  if (typeof value === 'string') return resolveText(value, context, place, config);
  if (isSequence(value)) return value.map((item) => resolveNodes(item, context, place, config));
  if (!isMapping(value)) return value;
  const mapping = new Map<ParamKey, NodeOrValue>();
  for (const [key, item] of value) {
    const name = typeof key === 'string' ? plain(resolveText(key, context, place, config)) : key;
    if (isMapping(name) || isSequence(name)) throw notPrimitive(name, String(key));
    mapping.set(name as ParamKey, resolveNodes(item, context, place, config));
  }
  return mapping;
}

function resolveText(text: string, context: Context, place: Place, config: ParsingConfig): Node | string {
  const matches = findTemplates(text);
  const [first] = matches;
  if (first && matches.length === 1 && first.text === text) {
    const node = context.select(first.expression);
    check(toValue(node), place, text);
    return node;
  }
  let resolved = '';
  let end = 0;
  for (const match of matches) {
    const value = toValue(context.select(match.expression));
    check(value, place, match.text);
    resolved += text.slice(end, match.start) + toText(value, config);
    end = match.start + match.text.length;
  }
  return (resolved + text.slice(end)).replaceAll('\\${', '${');
}

/** Only `foreach` takes lists, and only `cmd` takes mappings besides. */
function check(value: Value, place: Place, template: string): void {
  const isComposite = isMapping(value) || isSequence(value);
  if (!isComposite || place === 'foreach' || (place === 'cmd' && isMapping(value))) return;
  throw notPrimitive(value, template);
}

function notPrimitive(value: Value, template: string): TemplateError {
  return new TemplateError(
    'template-type',
    `${template} is a ${typeName(value)}, which cannot stand here`,
    'name one value inside it: ${name.part} or ${list[0]}',
    template,
  );
}

function plain(value: NodeOrValue): Value {
  if (isNode(value)) return toValue(value);
  if (isSequence(value)) return value.map(plain);
  if (isMapping(value)) return new Map([...value].map(([key, item]) => [key, plain(item)]));
  return value as Value;
}
