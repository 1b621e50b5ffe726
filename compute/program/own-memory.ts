import { attribute } from '../graph/attribute.js';
import type { Graph } from '../graph/graph.js';
import type { GraphNode, Source } from '../graph/node.js';
import { nameOf, SHARING } from './memory-uses.js';

/** A node that gives a variable a new value. */
export interface Assignment {
  readonly variable: string;
  readonly node: string;
  readonly dtype: number;
}

/** What a signature does to variables. */
export interface Changes {
  readonly assignments: readonly Assignment[];
  /** Node that writes in place → the variable in which it does. */
  readonly inPlace: ReadonlyMap<string, string>;
  /** Variables that are scaled where they lie. */
  readonly scaled: readonly string[];
}

/**
 * A variable takes over the memory of what it is assigned (`AssignVariableOp`), which may be another variable's, or a constant's that
 * the next run needs. Where one of them is written in place, the other would change with it: it gets a copy.
 *
 * @param changes of all signatures
 */
export function separateMemory(graph: Graph, changes: readonly Changes[]): void {
  const assignments = changes.flatMap(({ assignments }) => assignments);
  const inPlace = new Map(changes.flatMap(({ inPlace }) => [...inPlace]));
  const written = new Set([...inPlace.values(), ...changes.flatMap(({ scaled }) => scaled)]);
  if (written.size === 0) return;
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const holders = new Map<string, Set<string>>();
  const found = assignments.map((assignment) => {
    const value = nodes.get(assignment.node)?.inputs[1] as Source;
    const memory = memoryOf(value, nodes);
    for (const from of memory) {
      const known = holders.get(from);
      if (known) known.add(assignment.variable);
      else holders.set(from, new Set([assignment.variable]));
    }
    return { ...assignment, value, memory };
  });
  /** The variable whose memory it is already. */
  const ownerOf = (name: string): string | undefined => {
    const node = nodes.get(name) as GraphNode;
    return node.op === 'ReadVariableOp' ? variableOf(node, nodes) : inPlace.get(name);
  };
  for (const { variable, node, dtype, value, memory } of found) {
    const isShared = [...memory].some((name) => {
      const owner = ownerOf(name);
      if (owner === variable) return false;
      if (owner !== undefined) return written.has(owner) || written.has(variable);
      return written.has(variable) && ((holders.get(name)?.size ?? 0) > 1 || !isFresh(name, nodes));
    });
    if (!isShared) continue;
    const copy = graph.add('DeepCopy', [value], { T: attribute.type(dtype) }, { name: `${node}/copied` });
    graph.amend(node, ({ inputs }) => ({ inputs: [inputs[0] as Source, `${copy}:0`] }));
  }
}

type Nodes = ReadonlyMap<string, GraphNode>;

/** The nodes whose memory a value may be. */
function memoryOf(value: Source, nodes: Nodes): ReadonlySet<string> {
  const memory = new Set<string>();
  const rest = [nameOf(value)];
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    const node = nodes.get(name) as GraphNode;
    if (SHARING.has(node.op)) rest.push(...node.inputs.map(nameOf));
    else memory.add(name);
  }
  return memory;
}

/** The variable's name is that of the node where it lives. */
function variableOf({ inputs }: GraphNode, nodes: Nodes): string | undefined {
  const name = nodes.get(nameOf(inputs[0] as Source))?.name;
  return name?.replace(/^variables\//, '');
}

/** Is it made in each run? What follows from constants alone TensorFlow makes once; what is fed lies in JavaScript's memory. */
function isFresh(name: string, nodes: Nodes): boolean {
  if (nodes.get(name)?.op === 'Placeholder') return false;
  const seen = new Set<string>();
  const rest = [name];
  for (let at = rest.pop(); at !== undefined; at = rest.pop()) {
    const node = nodes.get(at) as GraphNode;
    if (node.op === 'Placeholder' || node.op === 'ReadVariableOp') return true;
    if (seen.has(at)) continue;
    seen.add(at);
    rest.push(...node.inputs.map(nameOf));
  }
  return false;
}
