import type * as tfjs from '@tensorflow/tfjs-core';
import { attribute } from '../graph/attribute.js';
import { DataType } from '../graph/data-type.js';
import type { Graph } from '../graph/graph.js';
import type { Source } from '../graph/node.js';
import { tf } from '../native/tensorflow.js';
import { Recorder } from '../record/recorder.js';
import type { DType, SignatureDefinition, SignatureResult, TensorSpec } from '../types.js';
import { addAdam } from './adam.js';
import { checkResult } from './check-result.js';
import { assignNode, doneSource, heldType, readVariable, type GraphVariable } from './graph-variables.js';
import { MemoryUses } from './memory-uses.js';
import type { Assignment, Changes } from './own-memory.js';
import { guardWrites } from './writes-in-place.js';

export interface CompiledSignature {
  /** Feed's name → its placeholder. */
  readonly feeds: Readonly<Record<string, { readonly source: Source; readonly spec: TensorSpec }>>;
  /** Names of the outputs, in the order of `fetches`. */
  readonly outputs: readonly string[];
  /** What to fetch, so that all is calculated and updated. */
  readonly fetches: readonly Source[];
  readonly changes: Changes;
}

/** What a signature does to variables, and the names of the nodes that do it, each of them after all that reads the old values. */
type Updates = Changes & { readonly nodes: readonly string[] };

/** Records a signature's build into the graph. */
export function compileSignature(
  graph: Graph,
  name: string,
  definition: SignatureDefinition,
  variables: Readonly<Record<string, GraphVariable>>,
): CompiledSignature {
  const { products, fuses = true } = definition;
  const recorder = new Recorder(graph, name, { narrows: products === 'bfloat16', fuses });
  const feeds: Record<string, { source: Source; spec: TensorSpec }> = {};
  const reads = new Map<string, string>();
  let outputs: Record<string, Source> = {};
  let updates: Updates = { nodes: [], assignments: [], inPlace: new Map(), scaled: [] };
  const first = graph.nodes.length;

  recorder.record(() => {
    const fed = Object.entries(definition.feeds).map(([feed, spec]) => {
      const dtype = DataType[spec.dtype];
      const attributes = { dtype: attribute.type(dtype), shape: attribute.shape(spec.shape) };
      const source = `${graph.add('Placeholder', [], attributes, { name: `${name}/feeds/${feed}` })}:0`;
      feeds[feed] = { source, spec };
      return [feed, recorder.tensor(source, { dtype, shape: spec.shape })] as const;
    });
    const own = Object.entries(variables).map(([variable, { handle, spec }]) => {
      const dtype = DataType[spec.dtype];
      const { node, value } = readVariable(graph, `${name}/variables/${variable}`, handle, dtype);
      reads.set(variable, node);
      const read = recorder.tensor(value, { dtype, shape: spec.shape });
      return [variable, tf.variable(read, spec.dtype === 'float32')] as const;
    });
    const scope = { variables: Object.fromEntries(own), feeds: Object.fromEntries(fed) };
    try {
      const result = definition.build(scope);
      const specs = Object.fromEntries(Object.entries(variables).map(([key, { spec }]) => [key, spec]));
      checkResult(name, specs, result);
      updates = addUpdates(graph, recorder, {
        prefix: name,
        first,
        variables,
        values: scope.variables,
        reads,
        result,
      });
      outputs = addOutputs(graph, recorder, name, result.outputs, updates.nodes);
    } finally {
      for (const [, variable] of own) variable.dispose();
    }
  });

  const names = Object.keys(outputs);
  const fetches =
    names.length > 0
      ? names.map((output) => outputs[output] as Source)
      : [doneSource(graph, `${name}/done`, updates.nodes)];
  return { feeds, outputs: names, fetches, changes: updates };
}

function addUpdates(
  graph: Graph,
  recorder: Recorder,
  given: {
    readonly prefix: string;
    /** The number of the signature's first node. */
    readonly first: number;
    readonly variables: Readonly<Record<string, GraphVariable>>;
    readonly values: Readonly<Record<string, tfjs.Variable>>;
    readonly reads: ReadonlyMap<string, string>;
    readonly result: SignatureResult;
  },
): Updates {
  const { prefix, first, variables, values, reads, result } = given;
  const { outputs, updates = {}, adam = [] } = result;
  const sourcesOf = (tensors: readonly tfjs.Tensor[]): Source[] =>
    tensors.map((tensor) => recorder.sourceOf(tensor));
  const next = new Map(Object.entries(updates).map(([name, value]) => [name, recorder.sourceOf(value)]));
  const kept = [...sourcesOf(Object.values(outputs)), ...next.values()];
  const others = sourcesOf(adam.map(({ gradient }) => gradient));
  const inPlace = guardWrites({ graph, first, updates: next, reads, kept: [...kept, ...others] });
  const uses = new MemoryUses(graph.nodes, kept, others);
  const readsOf = (...names: string[]): string[] => names.map((name) => reads.get(name) as string);
  const assignments = [...next].map(([variable, source]): Assignment => {
    const { handle, spec } = variables[variable] as GraphVariable;
    const dtype = DataType[spec.dtype];
    const node = assignNode(graph, `${prefix}/update/${variable}`, handle, source, dtype, readsOf(variable));
    return { variable, node, dtype: heldType(dtype), shape: spec.shape };
  });
  const stepped: string[] = [];
  // Decayed weights are made one after the other, the largest when all other gradients have been used and are gone.
  const bySize = [...adam].sort((a, b) => a.gradient.size - b.gradient.size);
  for (const update of bySize)
    stepped.push(
      addAdam({
        graph,
        recorder,
        prefix,
        variables,
        valueOf: (name) => values[name] as tfjs.Variable,
        after: readsOf(update.variable, update.m, update.v),
        uses: uses.endingWith(reads.get(update.variable) as string),
        previous: stepped.at(-1),
        update,
      }),
    );
  const nodes = [...assignments.map(({ node }) => node), ...stepped];
  const scaled = adam.filter(({ scale }) => scale).map(({ variable }) => variable);
  return { nodes, assignments, inPlace, scaled };
}

function addOutputs(
  graph: Graph,
  recorder: Recorder,
  prefix: string,
  outputs: SignatureResult['outputs'],
  after: readonly string[],
): Record<string, Source> {
  const sources = Object.entries(outputs).map(([output, tensor]) => {
    const type = { T: attribute.type(DataType[tensor.dtype as DType]) };
    const name = `${prefix}/outputs/${output}`;
    return [
      output,
      `${graph.add('Identity', [recorder.sourceOf(tensor)], type, { name, after })}:0`,
    ] as const;
  });
  return Object.fromEntries(sources);
}
