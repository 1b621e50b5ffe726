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
  const holders = new Map<string, Memory[]>();
  const found = assignments.map((assignment) => {
    const value = nodes.get(assignment.node)?.inputs[1] as Source;
    const memory = memoryOf(value, assignment.variable, nodes);
    for (const held of memory) holders.set(held.node, [...(holders.get(held.node) ?? []), held]);
    return { ...assignment, value, memory };
  });
  /** The variable whose memory it is already. */
  const ownerOf = (name: string): string | undefined => {
    const node = nodes.get(name) as GraphNode;
    return node.op === 'ReadVariableOp' ? variableOf(node, nodes) : inPlace.get(name);
  };
  for (const { variable, node, dtype, value, memory } of found) {
    const isShared = memory.some((held) => {
      const owner = ownerOf(held.node);
      if (owner === variable) return false;
      if (owner !== undefined) return written.has(owner) || written.has(variable);
      if (!written.has(variable)) return false;
      return holders.get(held.node)?.some((other) => overlaps(held, other)) || !isFresh(held.node, nodes);
    });
    if (!isShared) continue;
    const copy = graph.add('DeepCopy', [value], { T: attribute.type(dtype) }, { name: `${node}/copied` });
    graph.amend(node, ({ inputs }) => ({ inputs: [inputs[0] as Source, `${copy}:0`] }));
  }
}

type Nodes = ReadonlyMap<string, GraphNode>;

/** What a variable is given. */
interface Memory {
  readonly variable: string;
  /** Whose memory it may be. */
  readonly node: string;
  /** Which part of it; absent: any. */
  readonly part?: Source;
}

/** Operations whose results are parts of their input that have nothing in common. */
const PARTING = new Set(['SplitV', 'Unpack']);

function memoryOf(value: Source, variable: string, nodes: Nodes): readonly Memory[] {
  const memory: Memory[] = [];
  const follow = (source: Source, part?: Source): void => {
    const node = nodes.get(nameOf(source)) as GraphNode;
    if (SHARING.has(node.op))
      for (const input of valuesOf(node)) follow(input, PARTING.has(node.op) ? source : part);
    else memory.push({ variable, node: node.name, ...(part === undefined ? {} : { part }) });
  };
  follow(value);
  return memory;
}

/** Without sizes, axes and the like. */
function valuesOf({ op, inputs }: GraphNode): readonly Source[] {
  if (op === 'Pack') return inputs;
  return inputs.slice(0, op === 'ConcatV2' ? -1 : 1);
}

function overlaps(one: Memory, other: Memory): boolean {
  if (one.variable === other.variable) return false;
  return one.part === undefined || other.part === undefined || one.part === other.part;
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
