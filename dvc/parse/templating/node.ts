import type { ParamKey } from '../../types.js';
import { Unstorable, isMapping, isSequence, type Mapping, type Scalar, type Value } from '../values.js';
import { TemplateError } from './template-error.js';

/** Where a value of the context came from: a file, or a `vars` item. */
export interface Origin {
  readonly source: string;
  readonly path: readonly (string | number)[];
}

/** A value that templates can name. Unlike plain values, each knows its origin. */
export type Node = LeafNode | ListNode | DictNode;

export class LeafNode {
  constructor(
    readonly value: Exclude<Scalar, Unstorable>,
    readonly origin: Origin,
  ) {}
}

export class ListNode {
  constructor(
    readonly items: readonly Node[],
    readonly origin: Origin,
  ) {}
}

export class DictNode {
  constructor(
    readonly entries: ReadonlyMap<string, Node>,
    readonly origin: Origin,
  ) {}
}

export type NodeOrValue = Node | Value | readonly NodeOrValue[] | ReadonlyMap<ParamKey, NodeOrValue>;

export function isNode(value: NodeOrValue): value is Node {
  return value instanceof LeafNode || value instanceof ListNode || value instanceof DictNode;
}

/** @throws TemplateError for a value that DVC's templates cannot hold */
export function toNode(value: NodeOrValue, origin: Origin): Node {
  if (isNode(value)) return value;
  const at = (step: string | number): Origin => ({ source: origin.source, path: [...origin.path, step] });
  if (isSequence(value))
    return new ListNode(
      value.map((item, index) => toNode(item, at(index))),
      origin,
    );
  if (isMapping(value)) {
    const entries = new Map<string, Node>();
    // Names in templates are strings: other keys cannot be reached.
    for (const [key, item] of value as Mapping)
      if (typeof key === 'string') entries.set(key, toNode(item, at(key)));
    return new DictNode(entries, origin);
  }
  if (value instanceof Unstorable) {
    throw new TemplateError(
      'unsupported-value',
      `${[origin.source, origin.path.join('.')].join(':')} is a ${value.type}, which templates cannot hold`,
      'make it a string, for example by quotes around it',
    );
  }
  return new LeafNode(value as Exclude<Scalar, Unstorable>, origin);
}

export function toValue(node: Node): Value {
  if (node instanceof LeafNode) return node.value;
  if (node instanceof ListNode) return node.items.map(toValue);
  return new Map([...node.entries].map(([key, item]) => [key, toValue(item)]));
}
