import type * as tfjs from '@tensorflow/tfjs-core';
import { DiagnosticError } from '../../diagnostics/index.js';
import { attribute } from '../graph/attribute.js';
import { addFunction, argumentName, fusible } from '../graph/function.js';
import { DataType } from '../graph/data-type.js';
import { bytesOf, Graph } from '../graph/graph.js';
import type { Source } from '../graph/node.js';
import { floatsAsWords, wordsAsFloats } from '../graph/words.js';
import {
  backend,
  type BackendTensor,
  type Binding,
  type HostValues,
  type KernelAttribute,
  type TensorMetadata,
} from '../native/backend.js';
import { computesOnGpu } from '../native/computes-on-gpu.js';
import { tf } from '../native/tensorflow.js';
import { graphAttribute, withInferredTypes } from './kernel-attributes.js';
import { lowered } from './lower.js';
import type { TensorType } from './operation-call.js';
import { NarrowProducts } from './narrow-products.js';
import { NarrowValues } from './narrow-values.js';
import { outputTypes } from './output-types.js';
import type { RecordedValue } from './recorded-value.js';
import { RemadeValues } from './remade-values.js';
import { ScatterSums } from './scatter-sums.js';
import { shapeRules } from './shapes/rules.js';
import { at, runningKernel } from './user-frame.js';

/** Constants up to this many elements are kept at hand for the shape rules: axes, sizes, permutations. */
const KNOWN_UP_TO = 1024;

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
  readonly #fuses: boolean;
  readonly #kept: NarrowValues;
  readonly #narrow: NarrowProducts | undefined;
  readonly #scatter: ScatterSums | undefined;
  readonly #remade: RemadeValues;
  #backward = false;
  readonly #values = new Map<number, RecordedValue>();
  readonly #constants = new WeakMap<BackendTensor, number>();

  /**
   * @param prefix put before the names of all nodes
   * @param options.fused whether the graph is the body of a function that is compiled as one
   * @param options.fuses whether there are to be such functions
   * @param options.narrows whether products are done in bfloat16
   */
  constructor(graph: Graph, prefix: string, { fused = false, fuses = true, narrows = false } = {}) {
    this.#graph = graph;
    this.#prefix = prefix;
    this.#fused = fused;
    // A GPU has a call for each operation otherwise, and integers that are calculated with on the host.
    this.#fuses = (fuses || computesOnGpu()) && !fused;
    this.#kept = new NarrowValues(graph, prefix);
    this.#narrow = narrows ? new NarrowProducts(graph, prefix, this.#kept) : undefined;
    // On a GPU it would be done on the host, for the sake of the same bits.
    this.#scatter = fused || computesOnGpu() ? undefined : new ScatterSums(graph, prefix);
    this.#remade = new RemadeValues(graph, prefix);
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
   *
   * @param again whether the backward pass makes the first result again in place of keeping it: see {@link RemadeValues}
   */
  fuse(
    inputs: readonly tfjs.Tensor[],
    body: (inputs: tfjs.Tensor[]) => tfjs.Tensor[],
    again: boolean,
  ): tfjs.Tensor[] {
    if (!this.#fuses) return body([...inputs]);
    const given = this.#given(inputs.map((input) => this.#idOf(input)));
    const graph = new Graph();
    const recorder = new Recorder(graph, 'body', { fused: true });
    let results: RecordedValue[] = [];
    recorder.record(() => {
      const types = given.map(({ dtype, shape }) => ({ dtype, shape }));
      results = body(types.map((type, index) => recorder.tensor(argumentName(index), type))).map((result) =>
        recorder.#value(recorder.#idOf(result)),
      );
    });
    const argumentTypes = given.map(({ dtype }) => dtype);
    const name = addFunction(this.#graph, { body: graph, argumentTypes, results });
    const call = {
      op: 'PartitionedCall',
      inputs: given.map(({ source }) => source),
      attributes: {
        Tin: attribute.types(argumentTypes),
        Tout: attribute.types(results.map(({ dtype }) => dtype)),
        f: attribute.function(name),
        _XlaMustCompile: attribute.bool(true),
      },
    };
    const node = this.#graph.add(call.op, call.inputs, call.attributes, { name: `${this.#prefix}/fused` });
    if (again && !this.#backward) this.#remade.note(`${node}:0`, call);
    const late = isLate(given);
    return results.map(({ dtype, shape }, index) =>
      backend.createOutputTensor(this.#metadata({ dtype, shape, source: `${node}:${index}`, late })),
    );
  }

  /** What is recorded meanwhile is made again by the backward pass, where it needs it: see {@link RemadeValues}. */
  madeAgain<T>(build: () => T): T {
    const { nodes } = this.#graph;
    const before = nodes.length;
    const result = build();
    if (this.#backward) return result;
    // What has no inputs is a constant.
    for (const node of nodes.slice(before))
      if (node.inputs.length > 0) this.#remade.note(`${node.name}:0`, node);
    return result;
  }

  /** From now on what is recorded is the backward pass, which begins with this gradient. */
  beginBackward(gradient: tfjs.Tensor): void {
    const id = this.#idOf(gradient);
    this.#values.set(id, { ...this.#value(id), late: true });
    this.#backward = true;
  }

  /** The same value, which is not there before `other` is calculated: what uses it waits. */
  after(tensor: tfjs.Tensor, other: tfjs.Tensor): tfjs.Tensor {
    return this.afterNodes(tensor, [this.sourceOf(other).split(':')[0] as string]);
  }

  /** The same, of nodes by their names. */
  afterNodes(tensor: tfjs.Tensor, nodes: readonly string[]): tfjs.Tensor {
    const { dtype, shape, source } = this.#value(this.#idOf(tensor));
    const name = `${this.#prefix}/after`;
    const waits = (input: Source, type: number): Source =>
      `${this.#graph.add('Identity', [input], { T: attribute.type(type) }, { name, after: nodes })}:0`;
    if (dtype !== DataType.int32) return this.tensor(waits(source, dtype), { dtype, shape });
    const floats = waits(wordsAsFloats(this.#graph, source, `${name}/held`), DataType.float32);
    return this.tensor(floatsAsWords(this.#graph, floats, `${name}/words`), { dtype, shape });
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
    const inputs = this.#given(ids);
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
    const late = isLate(inputs);
    if (other !== undefined) return types.map((type) => this.#metadata({ ...type, source: other, late }));
    const name = this.#graph.add(node.op, sources, node.attributes, { name: `${this.#prefix}/${node.op}` });
    this.#scatter?.note(node.op, inputs, `${name}:0`);
    return types.map((type, index) => this.#metadata({ ...type, source: `${name}:${index}`, late }));
  }

  /** The inputs of the operation that is recorded next. */
  #given(ids: readonly number[]): readonly RecordedValue[] {
    const inputs = ids.map((id) => this.#value(id));
    return this.#backward ? this.#remade.within(inputs) : inputs;
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

const isLate = (inputs: readonly RecordedValue[]): boolean => inputs.some(({ late }) => late);
