import { conv2d, tf } from '../../../compute/index.js';
import type { Layer } from '../../models/layers/layer.js';
import type { LoraTarget } from './targets.js';

/** How many outputs the layer has, whichever way round its weight is stored. */
export function outputsOf({ kind, shape }: LoraTarget): number {
  return shape[kind === 'conv1d' ? 1 : 0] as number;
}

/** Of A and B. A convolution's A has the layer's window, its B is 1 × 1. */
export function factorShapes({ kind, shape, rank }: LoraTarget): {
  readonly a: readonly number[];
  readonly b: readonly number[];
} {
  const [first, second, ...window] = shape as [number, number, ...number[]];
  const [outputs, inputs] = kind === 'conv1d' ? [second, first] : [first, second];
  return { a: [rank, inputs, ...window], b: [outputs, rank, ...window.map(() => 1)] };
}

/** What the update makes of a layer's input: scale · B(A(x)), [n, out] or an image of `out` channels. */
export function lowRank<T extends tf.Tensor>(
  { scale }: LoraTarget,
  { kind, stride = 1, padding = 0 }: Layer,
  x: T,
  a: tf.Tensor,
  b: tf.Tensor,
): T {
  if (kind === 'conv2d') {
    const down = tf.mul(conv2d(x as tf.Tensor as tf.Tensor4D, a as tf.Tensor4D, { stride, padding }), scale);
    return conv2d(down as tf.Tensor4D, b as tf.Tensor4D, { stride: 1, padding: 0 }) as tf.Tensor as T;
  }
  const down = tf.mul(tf.matMul(x, a as tf.Tensor2D, false, true), scale); // [n, r]
  return tf.matMul(down, b as tf.Tensor2D, false, true);
}
