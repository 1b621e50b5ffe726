import { tf } from '../../../compute/index.js';
import type { ForwardContext } from './forward-context.js';

/** x [n, in] → x Wᵀ + b [n, out]; W is stored [out, in], as torch does. */
export function linear(context: ForwardContext, path: string, x: tf.Tensor2D): tf.Tensor2D {
  const weight = context.weight(`${path}.weight`) as tf.Tensor2D;
  const bias = context.weight(`${path}.bias`) as tf.Tensor1D;
  const base = {
    path,
    apply: (input: tf.Tensor2D): tf.Tensor2D => tf.add(tf.matMul(input, weight, false, true), bias),
  };
  return context.wrap(base).apply(x);
}
