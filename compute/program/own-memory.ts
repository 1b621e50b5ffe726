import { attribute } from '../graph/attribute.js';
import type { Graph } from '../graph/graph.js';
import type { GraphNode, Source } from '../graph/node.js';
import { nameOf, SHARING } from './memory-uses.js';

/** A node that gives a variable a new value. */
export interface Assignment {
  readonly variable: string;
  readonly node: string;
  /** Of what it is given. */
  readonly dtype: number;
  readonly shape: readonly number[];
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
 * the next run needs. Where one of them is written in place, the other would change with it: it gets memory of its own.
 *
 * Which values lie in one memory, the graph does not say: TensorFlow makes equal operations one, and simpler ones of others. So it is
 * found out in the run.
 *
 * @param changes of all signatures
 */
export function separateMemory(graph: Graph, changes: readonly Changes[]): void {
  const inPlace = new Map(changes.flatMap(({ inPlace }) => [...inPlace]));
  const written = new Set([...inPlace.values(), ...changes.flatMap(({ scaled }) => scaled)]);
  if (written.size === 0) return;
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  /** The variable whose memory it is already. */
  const ownerOf = (name: string): string | undefined => {
    const node = nodes.get(name) as GraphNode;
    return node.op === 'ReadVariableOp' ? variableOf(node, nodes) : inPlace.get(name);
  };
  for (const assignment of changes.flatMap(({ assignments }) => assignments)) {
    const { variable, node } = assignment;
    const value = nodes.get(node)?.inputs[1] as Source;
    const owners = originsOf(value, nodes).map(ownerOf);
    const isWritten = written.has(variable) || owners.some((owner) => owner && written.has(owner));
    if (!isWritten || owners.every((owner) => owner === variable)) continue;
    const own = ownMemory(graph, nodes, assignment, value);
    graph.amend(node, ({ inputs }) => ({ inputs: [inputs[0] as Source, own] }));
  }
}

/**
 * The value in memory that nobody else holds: its own, or a copy where somebody does, which `Snapshot` sees as it runs. By itself it
 * would be made one with others; the placeholder before it TensorFlow leaves alone, since it might be fed (optimizer_cse.cc,
 * grappler/op_types.cc). What follows from constants is folded even so.
 */
function ownMemory(graph: Graph, nodes: Nodes, assignment: Assignment, value: Source): Source {
  const { node, dtype, shape } = assignment;
  const T = attribute.type(dtype);
  if (!originsOf(value, nodes).every((origin) => isFresh(origin, nodes)))
    return `${graph.add('DeepCopy', [value], { T }, { name: `${node}/copied` })}:0`;
  const given = { dtype: T, shape: attribute.shape(shape) };
  const placeholder = graph.add('PlaceholderWithDefault', [value], given, { name: `${node}/given` });
  return `${graph.add('Snapshot', [`${placeholder}:0`], { T }, { name: `${node}/own` })}:0`;
}

type Nodes = ReadonlyMap<string, GraphNode>;

/** The nodes whose memory a value may be. */
function originsOf(value: Source, nodes: Nodes): readonly string[] {
  const node = nodes.get(nameOf(value)) as GraphNode;
  return SHARING.has(node.op) ? valuesOf(node).flatMap((input) => originsOf(input, nodes)) : [node.name];
}

/** Without sizes, axes and the like. */
function valuesOf({ op, inputs }: GraphNode): readonly Source[] {
  if (op === 'Pack') return inputs;
  return inputs.slice(0, op === 'ConcatV2' ? -1 : 1);
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
