import { isMapping, isSequence, typeName, type Mapping, type Scalar, type Value } from '../values.js';
import { isComposite, type Context } from '../templating/context.js';
import { DictNode, LeafNode, ListNode, isNode, toValue, type NodeOrValue } from '../templating/node.js';
import { resolveNodes } from '../templating/resolve.js';
import { TemplateError } from '../templating/template-error.js';
import { pythonText, toText, type ParsingConfig } from '../templating/to-text.js';

/** For each stage that a definition generates, by its key: the names that its templates have besides. */
export type Iterations = ReadonlyMap<string, ReadonlyMap<string, NodeOrValue>>;

/** @throws TemplateError */
export function iterateForeach(data: Value, context: Context, config: ParsingConfig): Iterations {
  const items = resolveNodes(data, context, 'foreach', config);
  const mapping = mappingEntries(items);
  if (mapping) {
    return new Map(
      mapping.map(([key, item]) => {
        const name = scalarName(key, config);
        return [
          name,
          new Map<string, NodeOrValue>([
            ['item', item],
            ['key', name],
          ]),
        ];
      }),
    );
  }
  const list = listItems(items);
  if (!list) {
    const found = typeName(isNode(items) ? toValue(items) : (items as Value));
    throw new TemplateError(
      'wrong-type',
      `foreach takes a list or a mapping, not a ${found}`,
      'give it a list or a mapping',
    );
  }
  const byIndex = list.some(isComposite);
  return new Map(
    list.map((item, index) => [
      byIndex ? String(index) : scalarName(item, config),
      new Map([['item', item]]),
    ]),
  );
}

/** Every combination of the axes' values; the last axis turns fastest. @throws TemplateError */
export function iterateMatrix(data: Mapping, context: Context, config: ParsingConfig): Iterations {
  const resolved = resolveNodes(data, context, 'foreach', config) as ReadonlyMap<string, NodeOrValue>;
  let combinations: readonly {
    readonly name: readonly string[];
    readonly item: ReadonlyMap<string, NodeOrValue>;
  }[] = [{ name: [], item: new Map() }];
  for (const [axis, values] of resolved) {
    const items = axisItems(axis, values);
    combinations = combinations.flatMap(({ name, item }) =>
      items.map((value, index) => ({
        name: [...name, isComposite(value) ? `${axis}${index}` : scalarName(value, config)],
        item: new Map([...item, [axis, value]]),
      })),
    );
  }
  return new Map(
    combinations.map(({ name, item }) => {
      const key = name.join('-');
      return [
        key,
        new Map<string, NodeOrValue>([
          ['key', key],
          ['item', item],
        ]),
      ];
    }),
  );
}

function axisItems(axis: string, values: NodeOrValue): readonly NodeOrValue[] {
  const items = listItems(values) ?? mappingEntries(values)?.map(([key]) => key as NodeOrValue);
  if (items) return items;
  // Python iterates over the characters of a string.
  const text = values instanceof LeafNode ? undefined : values;
  if (typeof text === 'string') return [...text];
  throw new TemplateError('wrong-type', `the axis ${axis} of a matrix takes a list`, 'give it a list');
}

function mappingEntries(items: NodeOrValue): readonly (readonly [NodeOrValue, NodeOrValue])[] | undefined {
  if (items instanceof DictNode) return [...items.entries];
  return isMapping(items) ? [...(items as ReadonlyMap<Scalar, NodeOrValue>)] : undefined;
}

function listItems(items: NodeOrValue): readonly NodeOrValue[] | undefined {
  if (items instanceof ListNode) return items.items;
  return isSequence(items) ? (items as readonly NodeOrValue[]) : undefined;
}

/** DVC spells a value that came through a template as Python does (`True`), one that is written there as YAML (`true`). */
function scalarName(value: NodeOrValue, config: ParsingConfig): string {
  return value instanceof LeafNode ? pythonText(value.value) : toText(value as Scalar, config);
}
