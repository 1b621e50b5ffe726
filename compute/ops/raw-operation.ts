import type * as tfjs from '@tensorflow/tfjs-core';
import { DataType } from '../graph/data-type.js';
import { backend, type KernelAttribute } from '../native/backend.js';
import type { DType } from '../types.js';

/** TensorFlow operations that tfjs has no kernel for. Gradients are their caller's concern (`tf.customGrad`). */
export function operation(op: string, attributes: KernelAttribute[], inputs: tfjs.Tensor[]): tfjs.Tensor {
  return backend.executeSingleOutput(op, attributes, inputs);
}

export function operations(
  op: string,
  attributes: KernelAttribute[],
  inputs: tfjs.Tensor[],
  outputs: number,
): tfjs.Tensor[] {
  return backend.executeMultipleOutputs(op, attributes, inputs, outputs);
}

export function typeAttribute(name: string, dtype: DType): KernelAttribute {
  return { name, type: backend.binding.TF_ATTR_TYPE, value: DataType[dtype] };
}

export function boolAttribute(name: string, value: boolean): KernelAttribute {
  return { name, type: backend.binding.TF_ATTR_BOOL, value };
}

export function floatAttribute(name: string, value: number): KernelAttribute {
  return { name, type: backend.binding.TF_ATTR_FLOAT, value };
}

export function integersAttribute(name: string, value: readonly number[]): KernelAttribute {
  return { name, type: backend.binding.TF_ATTR_INT, value: [...value] };
}

export function stringAttribute(name: string, value: string): KernelAttribute {
  return { name, type: backend.binding.TF_ATTR_STRING, value };
}
