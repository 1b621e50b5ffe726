import { tf } from '../../../compute/index.js';

/** The exact GELU, x·Φ(x) with Φ(x) = ½(1 + erf(x/√2)); its derivative is Φ(x) + x·φ(x). */
export function gelu<T extends tf.Tensor>(x: T): T {
  const activate = tf.customGrad((input, save) => {
    const x = input as tf.Tensor;
    const cumulative = tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
    (save as tf.GradSaveFunc)([x, cumulative]);
    return { value: tf.mul(x, cumulative), gradFunc: geluGradient };
  });
  return activate(x) as T;
}

function geluGradient(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor {
  const [x, cumulative] = saved as [tf.Tensor, tf.Tensor];
  const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return tf.mul(dy, tf.add(cumulative, tf.mul(x, density)));
}
