import { attribute } from '../graph/attribute.js';
import { DataType } from '../graph/data-type.js';
import { bytesOf, type Graph } from '../graph/graph.js';
import type { Source } from '../graph/node.js';
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

export function assignNode(
  graph: Graph,
  name: string,
  handle: Source,
  value: Source,
  dtype: number,
  after: readonly string[] = [],
): string {
  return graph.add('AssignVariableOp', [handle, value], { dtype: attribute.type(dtype) }, { name, after });
}

export function readNode(graph: Graph, name: string, handle: Source, dtype: number): string {
  return graph.add('ReadVariableOp', [handle], { dtype: attribute.type(dtype) }, { name });
}

export function addVariable(graph: Graph, name: string, spec: TensorSpec): GraphVariable {
  const dtype = DataType[spec.dtype];
  const path = `variables/${name}`;
  const handle = graph.add(
    'VarHandleOp',
    [],
    {
      dtype: attribute.type(dtype),
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
    { dtype: attribute.type(dtype), init: attribute.bool(true) },
    { name: `${path}/zeros` },
  );
  const assignZeros = assignNode(graph, `${path}/assign_zeros`, `${handle}:0`, `${zeros}:0`, dtype);
  return {
    spec,
    handle: `${handle}:0`,
    read: `${readNode(graph, `${path}/read`, `${handle}:0`, dtype)}:0`,
    fed: `${fed}:0`,
    assigned: doneSource(graph, `${path}/assigned`, [assign]),
    zeroed: doneSource(graph, `${path}/zeroed`, [assignZeros]),
  };
}
