import type * as tfjs from '@tensorflow/tfjs-core';
import { DiagnosticError } from '../../diagnostics/index.js';
import { bytesOf, type Graph } from '../graph/graph.js';
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
import { OperationCall, type TensorType, type TracedValue } from './operation-call.js';
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
  readonly #graph: Graph;
  readonly #prefix: string;
  readonly #values: RecordedValue[] = [];
  readonly #constants = new WeakMap<BackendTensor, number>();

  /** @param prefix put before the names of all nodes */
  constructor(graph: Graph, prefix: string) {
    this.#graph = graph;
    this.#prefix = prefix;
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
    backend.binding = this.#binding(binding);
    backend.getInputTensorIds = (tensors) => tensors.map((tensor) => this.#idOf(tensor));
    try {
      tf.tidy(build);
    } finally {
      backend.binding = binding;
      if (own) Object.defineProperty(backend, 'getInputTensorIds', own);
      else delete (backend as Partial<typeof backend>).getInputTensorIds;
    }
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
    const written = Object.fromEntries(given.map((attribute) => [attribute.name, graphAttribute(attribute)]));
    const attributes = withInferredTypes(op, written, inputs);
    const plain = new Map(Object.entries(attributes).map(([name, { value }]) => [name, value]));
    let types: TensorType[];
    try {
      types = rule(new OperationCall(op, inputs, plain));
    } catch (error) {
      throw located(error);
    }
    const name = this.#graph.add(
      op,
      inputs.map(({ source }) => source),
      attributes,
      { name: `${this.#prefix}/${op}` },
    );
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
    this.#values.push(value);
    return { id: -this.#values.length - 1, shape: [...value.shape], dtype: value.dtype };
  }

  #value(id: number): RecordedValue {
    const value = this.#values[-id - 2];
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
