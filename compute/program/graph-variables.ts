import { attribute } from '../graph/attribute.js';
import { DataType } from '../graph/data-type.js';
import { bytesOf, type Graph } from '../graph/graph.js';
import type { Source } from '../graph/node.js';
import { floatsAsWords, wordsAsFloats } from '../graph/words.js';
import type { TensorSpec } from '../types.js';

/** A variable's nodes: where it lives, and what a run feeds and fetches to set it. */
export interface GraphVariable {
  readonly spec: TensorSpec;
  /** VarHandleOp */
  readonly handle: Source;
  /** ReadVariableOp, for fetching. */
  readonly read: Source;
  /** Placeholder of a new value. */
  readonly fed: Source;
  /** Fetched to assign what was fed. */
  readonly assigned: Source;
  /** Fetched to assign zeros. */
  readonly zeroed: Source;
}

/** A value to fetch that says nothing but that `after` is done: the binding can fetch only outputs. */
export function doneSource(graph: Graph, name: string, after: readonly string[]): Source {
  const bytes = Uint8Array.of(1);
  const value = attribute.tensor({ dtype: DataType.bool, shape: [], bytes });
  return `${graph.add('Const', [], { dtype: attribute.type(DataType.bool), value }, { name, after })}:0`;
}

/** The type of what a variable holds. */
export const heldType = (dtype: number): number => (dtype === DataType.int32 ? DataType.float32 : dtype);

/** @param value of the variable's own type */
export function assignNode(
  graph: Graph,
  name: string,
  handle: Source,
  value: Source,
  dtype: number,
  after: readonly string[] = [],
): string {
  const held = dtype === DataType.int32 ? wordsAsFloats(graph, value, `${name}/held`) : value;
  const type = { dtype: attribute.type(heldType(dtype)) };
  return graph.add('AssignVariableOp', [handle, held], type, { name, after });
}

/** @returns ReadVariableOp's name, and the value, of the variable's own type */
export function readVariable(
  graph: Graph,
  name: string,
  handle: Source,
  dtype: number,
): { readonly node: string; readonly value: Source } {
  const node = graph.add('ReadVariableOp', [handle], { dtype: attribute.type(heldType(dtype)) }, { name });
  const held: Source = `${node}:0`;
  return { node, value: dtype === DataType.int32 ? floatsAsWords(graph, held, `${name}/words`) : held };
}

export function addVariable(graph: Graph, name: string, spec: TensorSpec): GraphVariable {
  const dtype = DataType[spec.dtype];
  const held = attribute.type(heldType(dtype));
  const path = `variables/${name}`;
  const handle = graph.add(
    'VarHandleOp',
    [],
    {
      dtype: held,
      shape: attribute.shape(spec.shape),
      shared_name: attribute.string(name),
      container: attribute.string(''),
    },
    { name: path },
  );
  const placeholder = { dtype: attribute.type(dtype), shape: attribute.shape(spec.shape) };
  const fed = graph.add('Placeholder', [], placeholder, { name: `${path}/fed` });
  // A variable takes over the memory of what it is assigned. What is fed lies in JavaScript's, which is neither aligned as
  // TensorFlow's kernels want it, nor theirs to update in place.
  const own = graph.add('DeepCopy', [`${fed}:0`], { T: attribute.type(dtype) }, { name: `${path}/copied` });
  const assign = assignNode(graph, `${path}/assign`, `${handle}:0`, `${own}:0`, dtype);
  const dims = graph.constant(DataType.int32, [spec.shape.length], bytesOf(Int32Array.from(spec.shape)));
  // Not `Fill`: equal ones would be one buffer, and each variable copied when it first changes, among what a step holds.
  const zeros = graph.add(
    'Empty',
    [dims],
    { dtype: held, init: attribute.bool(true) },
    { name: `${path}/zeros` },
  );
  const assignZeros = assignNode(graph, `${path}/assign_zeros`, `${handle}:0`, `${zeros}:0`, heldType(dtype));
  return {
    spec,
    handle: `${handle}:0`,
    read: readVariable(graph, `${path}/read`, `${handle}:0`, dtype).value,
    fed: `${fed}:0`,
    assigned: doneSource(graph, `${path}/assigned`, [assign]),
    zeroed: doneSource(graph, `${path}/zeroed`, [assignZeros]),
  };
}
