import type * as tfjs from '@tensorflow/tfjs-core';
import { DiagnosticError } from '../../diagnostics/index.js';
import { attribute, type Attributes } from '../graph/attribute.js';
import { addFunction, argumentName, fusible } from '../graph/function.js';
import { DataType } from '../graph/data-type.js';
import { bytesOf, Graph } from '../graph/graph.js';
import type { Source } from '../graph/node.js';
import {
  backend,
  type BackendTensor,
  type Binding,
  type HostValues,
  type KernelAttribute,
  type TensorMetadata,
} from '../native/backend.js';
import { tf } from '../native/tensorflow.js';
import { graphAttribute, withInferredTypes } from './kernel-attributes.js';
import { lowered } from './lower.js';
import { OperationCall, type ShapeRule, type TensorType, type TracedValue } from './operation-call.js';
import { NarrowProducts } from './narrow-products.js';
import { NarrowValues } from './narrow-values.js';
import { ScatterSums } from './scatter-sums.js';
import { shapeRules } from './shapes/rules.js';
import { runningKernel, userFrame } from './user-frame.js';

/** Constants up to this many elements are kept at hand for the shape rules: axes, sizes, permutations. */
const KNOWN_UP_TO = 1024;

interface RecordedValue extends TracedValue {
  readonly source: Source;
}

/**
 * Stands in for the native addon while model code runs once. Each operation becomes a node of the graph and answers with
 * the shape that would come out: nothing is calculated, and no tensor has memory.
 *
 * Recorded tensors have negative ids, which tfjs never asks the addon to delete.
 */
export class Recorder {
  static #current: Recorder | undefined;
  static #lastId = -1;

  readonly #graph: Graph;
  readonly #prefix: string;
  readonly #fused: boolean;
  readonly #kept: NarrowValues;
  readonly #narrow: NarrowProducts | undefined;
  readonly #scatter: ScatterSums | undefined;
  readonly #values = new Map<number, RecordedValue>();
  readonly #constants = new WeakMap<BackendTensor, number>();

  /**
   * @param prefix put before the names of all nodes
   * @param options.fused whether the graph is the body of a function that is compiled as one
   * @param options.narrows whether products are done in bfloat16
   */
  constructor(graph: Graph, prefix: string, { fused = false, narrows = false } = {}) {
    this.#graph = graph;
    this.#prefix = prefix;
    this.#fused = fused;
    this.#kept = new NarrowValues(graph, prefix);
    this.#narrow = narrows ? new NarrowProducts(graph, prefix, this.#kept) : undefined;
    this.#scatter = fused ? undefined : new ScatterSums(graph, prefix);
  }

  /** The one that is recording now. */
  static get current(): Recorder | undefined {
    return Recorder.#current;
  }

  /** A tensor that stands for an output of a node in the graph. Only within {@link record}. */
  tensor(source: Source, type: TensorType): tfjs.Tensor {
    return backend.createOutputTensor(this.#metadata({ ...type, source }));
  }

  /** @throws DiagnosticError `foreign-tensor` */
  sourceOf(tensor: tfjs.Tensor): Source {
    return this.#value(this.#idOf(tensor)).source;
  }

  /** Runs model code so that its operations are recorded in place of being done. */
  record(build: () => void): void {
    const { binding } = backend;
    const own = Object.getOwnPropertyDescriptor(backend, 'getInputTensorIds');
    const outer = Recorder.#current;
    Recorder.#current = this;
    backend.binding = this.#binding(binding);
    backend.getInputTensorIds = (tensors) => tensors.map((tensor) => this.#idOf(tensor));
    try {
      tf.tidy(build);
    } finally {
      Recorder.#current = outer;
      backend.binding = binding;
      if (own) Object.defineProperty(backend, 'getInputTensorIds', own);
      else delete (backend as Partial<typeof backend>).getInputTensorIds;
    }
  }

  /**
   * Records `body` as a function of its own, which XLA compiles into loops that pass over the data once. Calls of equal
   * functions share the compiled code. Inside a function that is being recorded, the body just becomes part of it.
   */
  fuse(inputs: readonly tfjs.Tensor[], body: (inputs: tfjs.Tensor[]) => tfjs.Tensor[]): tfjs.Tensor[] {
    if (this.#fused) return body([...inputs]);
    const types = inputs.map((input) => {
      const { dtype, shape } = this.#value(this.#idOf(input));
      return { dtype, shape };
    });
    const graph = new Graph();
    const recorder = new Recorder(graph, 'body', { fused: true });
    let results: RecordedValue[] = [];
    recorder.record(() => {
      const given = types.map((type, index) => recorder.tensor(argumentName(index), type));
      results = body(given).map((result) => recorder.#value(recorder.#idOf(result)));
    });
    const argumentTypes = types.map(({ dtype }) => dtype);
    const name = addFunction(this.#graph, { body: graph, argumentTypes, results });
    const node = this.#graph.add(
      'PartitionedCall',
      inputs.map((input) => this.sourceOf(input)),
      {
        Tin: attribute.types(argumentTypes),
        Tout: attribute.types(results.map(({ dtype }) => dtype)),
        f: attribute.function(name),
        _XlaMustCompile: attribute.bool(true),
      },
      { name: `${this.#prefix}/fused` },
    );
    return results.map(({ dtype, shape }, index) => this.tensor(`${node}:${index}`, { dtype, shape }));
  }

  /** The same value, which is not there before `other` is calculated: what uses it waits. */
  after(tensor: tfjs.Tensor, other: tfjs.Tensor): tfjs.Tensor {
    return this.afterNodes(tensor, [this.sourceOf(other).split(':')[0] as string]);
  }

  /** The same, of nodes by their names. */
  afterNodes(tensor: tfjs.Tensor, nodes: readonly string[]): tfjs.Tensor {
    const { dtype, shape, source } = this.#value(this.#idOf(tensor));
    const types = { T: attribute.type(dtype) };
    const name = this.#graph.add('Identity', [source], types, {
      name: `${this.#prefix}/after`,
      after: nodes,
    });
    return this.tensor(`${name}:0`, { dtype, shape });
  }

  /** float32 [rows, columns] of values in bfloat16: see {@link NarrowValues.widened}. */
  widened(words: tfjs.Tensor, columns: number): tfjs.Tensor {
    const shape = [words.shape[0] as number, columns];
    return this.tensor(this.#kept.widened(this.sourceOf(words), shape), { dtype: DataType.float32, shape });
  }

  #binding(real: Binding): Binding {
    const refuse = (): never => {
      throw new DiagnosticError('unknown-operation', {
        message: `${runningKernel() ?? 'this kernel'} works on the host and cannot be part of a compiled program`,
        ...at(),
        fix: 'do it before the values are fed',
      });
    };
    const replaced: Partial<Binding> = {
      executeOp: (op, attributes, inputs) => this.#operation(op, attributes, inputs),
      createTensor: refuse,
      loadSavedModel: refuse,
      runSavedModel: refuse,
      tensorDataSync: (id) => this.#read(id),
    };
    // The addon's constants can be neither listed nor overwritten, so they are inherited.
    const descriptors = Object.entries(replaced).map(([name, value]) => [name, { value }] as const);
    return Object.create(real, Object.fromEntries(descriptors)) as Binding;
  }

  #operation(op: string, given: readonly KernelAttribute[], ids: readonly number[]): TensorMetadata[] {
    const inputs = ids.map((id) => this.#value(id));
    const rule = shapeRules.get(op);
    if (!rule) {
      throw new DiagnosticError('unknown-operation', {
        message: `the recorder has no shape rule for TensorFlow's ${op}`,
        ...at(),
        fix: 'write it in terms of other operations, or add a rule to compute/record/shapes',
      });
    }
    if (this.#fused && !fusible(op)) throw new Error(`${op} cannot be part of a fused function`);
    const written = Object.fromEntries(given.map((attribute) => [attribute.name, graphAttribute(attribute)]));
    const attributes = withInferredTypes(op, written, inputs);
    const types = outputTypes(rule, op, attributes, inputs);
    const node = lowered(op, attributes, inputs);
    const sources = inputs.map(({ source }) => source);
    const other =
      this.#kept.add(node.op, node.attributes, inputs) ??
      this.#narrow?.add(node.op, node.attributes, inputs) ??
      this.#scatter?.add(node.op, inputs);
    if (other !== undefined) return types.map((type) => this.#metadata({ ...type, source: other }));
    const name = this.#graph.add(node.op, sources, node.attributes, { name: `${this.#prefix}/${node.op}` });
    this.#scatter?.note(node.op, inputs, `${name}:0`);
    return types.map((type, index) => this.#metadata({ ...type, source: `${name}:${index}` }));
  }

  #idOf(tensor: tfjs.TensorInfo): number {
    const known = backend.tensorMap.get(tensor.dataId);
    return known.values === null ? known.id : this.#constant(known, known.values);
  }

  /** The tensor itself stays as it is: it may belong to the caller, who may use it eagerly later. */
  #constant(tensor: BackendTensor, values: HostValues): number {
    const recorded = this.#constants.get(tensor);
    if (recorded !== undefined) return recorded;
    const { shape, dtype } = tensor;
    const source = this.#graph.constant(dtype, shape, bytesOf(values));
    const { id } = this.#metadata({
      dtype,
      shape,
      source,
      ...(values.length <= KNOWN_UP_TO ? { values } : {}),
    });
    this.#constants.set(tensor, id);
    return id;
  }

  #metadata(value: RecordedValue): TensorMetadata {
    const id = --Recorder.#lastId;
    this.#values.set(id, value);
    return { id, shape: [...value.shape], dtype: value.dtype };
  }

  #value(id: number): RecordedValue {
    const value = this.#values.get(id);
    if (value) return value;
    throw new DiagnosticError('foreign-tensor', {
      message: 'a tensor that was calculated outside of this signature is used inside of it',
      ...at(),
      fix: 'feed it, make it a variable, or calculate it inside',
    });
  }

  #read(id: number): HostValues {
    const { values } = this.#value(id);
    if (values) return values;
    throw new DiagnosticError('host-read', {
      message: `${runningKernel() ?? 'model code'} reads a tensor's values while the program is being compiled, when there are none yet`,
      ...at(),
      fix: 'use an operation that works on tensors, such as gatherRows in place of tf.gather',
    });
  }
}

function outputTypes(
  rule: ShapeRule,
  op: string,
  attributes: Attributes,
  inputs: readonly TracedValue[],
): TensorType[] {
  const plain = new Map(Object.entries(attributes).map(([name, { value }]) => [name, value]));
  try {
    return rule(new OperationCall(op, inputs, plain));
  } catch (error) {
    throw located(error);
  }
}

function at(): { at: NonNullable<ReturnType<typeof userFrame>> } | Record<never, never> {
  const frame = userFrame();
  return frame ? { at: frame } : {};
}

/** A shape rule's error, with the line of model code that called for the operation. */
function located(error: unknown): unknown {
  if (!(error instanceof DiagnosticError)) return error;
  const { message, fix, expected, found } = error;
  return new DiagnosticError(error.code, {
    message,
    ...at(),
    ...(fix === undefined ? {} : { fix }),
    ...(expected === undefined ? {} : { expected }),
    ...(found === undefined ? {} : { found }),
    cause: error,
  });
}
