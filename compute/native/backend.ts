import type * as tfjs from '@tensorflow/tfjs-core';
import { tf } from './tensorflow.js';

/** An operation's attribute as tfjs's kernels give it. `type` is one of the binding's TF_ATTR_… numbers. */
export interface KernelAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

export interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  /** TensorFlow's DataType number. */
  readonly dtype: number;
}

export type HostValues = Float32Array | Int32Array | Uint8Array;

/** The native addon. Tensors are numbered handles. */
export interface Binding {
  createTensor(shape: readonly number[], dtype: number, values: HostValues): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): HostValues;
  executeOp(
    op: string,
    attributes: readonly KernelAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[];
  /** @param tags comma-separated */
  loadSavedModel(directory: string, tags: string): number;
  deleteSavedModel(id: number): void;
  /** @param feeds @param fetches comma-separated `node:output` */
  runSavedModel(id: number, inputs: readonly number[], feeds: string, fetches: string): TensorMetadata[];
  getNumOfTensors(): number;
  isUsingGpuDevice(): boolean;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  readonly TF_Version: string;
}

/** What the backend knows of one tensor. `values` is set until a kernel first needs the tensor on the device. */
export interface BackendTensor {
  readonly shape: readonly number[];
  readonly dtype: number;
  readonly values: HostValues | null;
  readonly id: number;
}

/** tfjs-node's backend: all kernels go through these members. */
export interface NodeBackend {
  binding: Binding;
  readonly tensorMap: { get(dataId: object): BackendTensor };
  getInputTensorIds(tensors: readonly tfjs.TensorInfo[]): number[];
  createOutputTensor(metadata: TensorMetadata): tfjs.Tensor;
  executeSingleOutput(op: string, attributes: KernelAttribute[], inputs: tfjs.Tensor[]): tfjs.Tensor;
  executeMultipleOutputs(
    op: string,
    attributes: KernelAttribute[],
    inputs: tfjs.Tensor[],
    outputs: number,
  ): tfjs.Tensor[];
}

export const backend = tf.backend() as unknown as NodeBackend;
