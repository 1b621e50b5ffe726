import { tf } from '../native/tensorflow.js';
import { fused } from './fused.js';

/** The exact GELU, x·Φ(x) with Φ(x) = ½(1 + erf(x/√2)); its derivative is Φ(x) + x·φ(x). Keeps only x for the gradient. */
export function gelu<T extends tf.Tensor>(x: T): T {
  const activate = tf.customGrad((input, save) => {
    const x = input as tf.Tensor;
    (save as tf.GradSaveFunc)([x]);
    const [value] = fused([x], ([x]) => [tf.mul(x as tf.Tensor, cumulative(x as tf.Tensor))], {
      again: true,
    });
    return { value: value as tf.Tensor, gradFunc: gradient };
  });
  return activate(x) as T;
}

function cumulative(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
}

function gradient(dy: tf.Tensor, [x]: tf.Tensor[]): tf.Tensor {
  const [dx] = fused([dy, x as tf.Tensor], ([dy, x]) => {
    const density = tf.mul(tf.exp(tf.mul(tf.square(x as tf.Tensor), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    const slope = tf.add(cumulative(x as tf.Tensor), tf.mul(x as tf.Tensor, density));
    return [tf.mul(dy as tf.Tensor, slope)];
  });
  return dx as tf.Tensor;
}
