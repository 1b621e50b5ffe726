import { tf } from '../native/tensorflow.js';
import { fused } from './fused.js';

/** x · factor, of which the backward pass keeps nothing but x. */
export function scaled<T extends tf.Tensor>(x: T, factor: number): T {
  const scale = tf.customGrad((x) => {
    const [value] = fused([x as tf.Tensor], ([x]) => [tf.mul(x as tf.Tensor, factor)], { again: true });
    return { value: value as tf.Tensor, gradFunc: (dy: tf.Tensor) => tf.mul(dy, factor) };
  });
  return scale(x) as T;
}
