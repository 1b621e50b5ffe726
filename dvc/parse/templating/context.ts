import { TemplateError } from './template-error.js';
import { DictNode, LeafNode, ListNode, toNode, type Node, type NodeOrValue, type Origin } from './node.js';
import { stepsOf } from './expression.js';

/** What templates can name. It never changes: each addition gives a new context. */
export class Context {
  private constructor(
    readonly names: ReadonlyMap<string, Node>,
    /** Files that were read into it, with the top-level keys taken from them (undefined: all). */
    readonly imports: ReadonlyMap<string, readonly string[] | undefined>,
    /** Names that `vars` may not set. */
    readonly reserved: ReadonlySet<string>,
  ) {}

  static readonly empty = new Context(new Map(), new Map(), new Set());

  /**
   * Adds names. Mappings are merged; any other name may be set only once.
   *
   * @throws TemplateError `vars-conflict`
   */
  merge(names: ReadonlyMap<string, Node>): Context {
    for (const name of names.keys()) {
      if (!this.reserved.has(name)) continue;
      throw new TemplateError(
        'vars-conflict',
        `${name} is what foreach and matrix call their current item: vars cannot set it`,
        'give it another name',
        name,
      );
    }
    return new Context(mergeNames(this.names, names), this.imports, this.reserved);
  }

  imported(file: string, keys: readonly string[] | undefined): Context {
    const before = this.imports.get(file);
    const all = before && keys ? [...before, ...keys] : keys;
    return new Context(this.names, new Map([...this.imports, [file, all]]), this.reserved);
  }

  /** Sets names for one generated stage, over those of the same name. */
  with(items: ReadonlyMap<string, NodeOrValue>): Context {
    const origin: Origin = { source: 'foreach', path: [] };
    const names = new Map(this.names);
    for (const [name, value] of items) names.set(name, toNode(value, { ...origin, path: [name] }));
    return new Context(names, this.imports, new Set([...this.reserved, ...items.keys()]));
  }

  /** @throws TemplateError `undefined-variable` */
  select(expression: string): Node {
    let node: Node = new DictNode(this.names, { source: '', path: [] });
    for (const step of stepsOf(expression)) {
      const next = child(node, step);
      if (!next) throw this.#undefined(expression, node, step);
      node = next;
    }
    return node;
  }

  #undefined(expression: string, parent: Node, step: string): TemplateError {
    const known = parent instanceof DictNode ? [...parent.entries.keys()] : [];
    const names =
      known.length > 0 ? ` (${known.slice(0, 12).join(', ')}${known.length > 12 ? ', …' : ''})` : '';
    return new TemplateError(
      'undefined-variable',
      `\${${expression}} is not defined`,
      known.length > 0
        ? `define ${step} in params.yaml or vars, or use a name that is there${names}`
        : `define it in params.yaml beside the dvc.yaml, or under vars`,
      `\${${expression}}`,
    );
  }
}

function child(node: Node, step: string): Node | undefined {
  if (node instanceof DictNode) return node.entries.get(step);
  if (node instanceof LeafNode || !/^[-+]?[0-9]+$/.test(step)) return undefined;
  return node.items.at(Number(step));
}

function mergeNames(
  into: ReadonlyMap<string, Node>,
  update: ReadonlyMap<string, Node>,
): ReadonlyMap<string, Node> {
  const merged = new Map(into);
  for (const [name, node] of update) {
    const before = merged.get(name);
    if (before instanceof DictNode && node instanceof DictNode)
      merged.set(name, new DictNode(mergeNames(before.entries, node.entries), before.origin));
    else if (before) throw redefined(before, node);
    else merged.set(name, node);
  }
  return merged;
}

function redefined(before: Node, { origin }: Node): TemplateError {
  const name = origin.path.join('.');
  return new TemplateError(
    'vars-conflict',
    `${name} from ${origin.source} is already defined in ${before.origin.source}`,
    'define it in one place only',
    String(origin.path.at(-1) ?? name),
  );
}

export function isComposite(value: NodeOrValue): boolean {
  return (
    value instanceof ListNode || value instanceof DictNode || Array.isArray(value) || value instanceof Map
  );
}
