import { attribute } from '../graph/attribute.js';
import { DataType } from '../graph/data-type.js';
import type { Graph } from '../graph/graph.js';
import type { GraphNode, Source } from '../graph/node.js';
import { MemoryUses, nameOf } from './memory-uses.js';

/** Operations that give out their whole input under another shape. */
const RESHAPING = new Set(['ExpandDims', 'Identity', 'Reshape', 'Squeeze']);

/**
 * `InplaceUpdate` gives out the memory of its table, written over, whoever else holds it
 * (tensorflow/core/kernels/inplace_ops.cc). Each one that a signature has is made to leave the old values to all who look at
 * them: it waits until they are done, or writes into a copy where they come later, where the old values outlive the run, or where
 * the table is not a variable that takes the result.
 *
 * @param first number of the signature's first node
 * @param updates variable → its new value
 * @param reads variable → the node that reads it
 * @param kept what outlives the run, or is used by nodes that are still to be added
 * @returns node that writes in place → the variable in which it does
 */
export function guardWrites(options: {
  readonly graph: Graph;
  readonly first: number;
  readonly updates: ReadonlyMap<string, Source>;
  readonly reads: ReadonlyMap<string, string>;
  readonly kept: readonly Source[];
}): ReadonlyMap<string, string> {
  const { graph, first, updates, reads, kept } = options;
  const inPlace = new Map<string, string>();
  const look = (): { readonly nodes: Nodes; readonly memoryUses: MemoryUses } => ({
    nodes: new Map(graph.nodes.map((node) => [node.name, node])),
    memoryUses: new MemoryUses(graph.nodes, kept, []),
  });
  // Looked at again only when it has changed: the graph may have all signatures of a server.
  let seen: ReturnType<typeof look> | undefined;
  for (const { name, inputs } of graph.nodes.slice(first).filter(({ op }) => op === 'InplaceUpdate')) {
    seen ??= look();
    const { nodes, memoryUses } = seen;
    const table = inputs[0] as Source;
    const memory = wholeOf(table, nodes);
    const variable = inPlace.get(memory) ?? [...reads].find(([, read]) => read === memory)?.[0];
    const value = variable === undefined ? undefined : updates.get(variable);
    const isTaken = value !== undefined && isWrittenOver(value, name, nodes);
    const uses = isTaken ? memoryUses.endingWith(memory, name) : undefined;
    const waits = uses && [...uses].filter((use) => !isOnTheWay(use, table, nodes));
    if (variable === undefined || !waits || waits.some((use) => dependsOn(use, name, nodes))) {
      const type = { T: attribute.type(DataType.float32) };
      const copy = graph.add('DeepCopy', [table], type, { name: `${name}/table` });
      graph.amend(name, ({ inputs }) => ({ inputs: [`${copy}:0`, ...inputs.slice(1)] }));
      seen = undefined;
      continue;
    }
    if (waits.length > 0) {
      graph.amend(name, ({ after }) => ({ after: [...after, ...waits] }));
      seen = undefined;
    }
    inPlace.set(name, variable);
  }
  return inPlace;
}

type Nodes = ReadonlyMap<string, GraphNode>;

/** The node whose memory a value is, whatever its shape. */
function wholeOf(source: Source, nodes: Nodes): string {
  let name = nameOf(source);
  for (let node = nodes.get(name); node && RESHAPING.has(node.op); node = nodes.get(name))
    name = nameOf(node.inputs[0] as Source);
  return name;
}

/** Is the value the memory that `write` gives out, or what later writes made of it? */
function isWrittenOver(value: Source, write: string, nodes: Nodes): boolean {
  let name = wholeOf(value, nodes);
  while (name !== write) {
    const node = nodes.get(name);
    if (node?.op !== 'InplaceUpdate') return false;
    name = wholeOf(node.inputs[0] as Source, nodes);
  }
  return true;
}

/** Is the node one of those that give the table its shape? */
function isOnTheWay(use: string, table: Source, nodes: Nodes): boolean {
  let name = nameOf(table);
  for (let node = nodes.get(name); node && RESHAPING.has(node.op); node = nodes.get(name)) {
    if (name === use) return true;
    name = nameOf(node.inputs[0] as Source);
  }
  return false;
}

function dependsOn(node: string, other: string, nodes: Nodes): boolean {
  const seen = new Set<string>();
  const rest = [node];
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    if (name === other) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    const { inputs, after } = nodes.get(name) as GraphNode;
    rest.push(...inputs.map(nameOf), ...after);
  }
  return false;
}
