import { tf } from '../native/tensorflow.js';
import { fused } from './fused.js';

const SCALE = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** GPT-2's GELU, ½x(1 + tanh(√(2/π)(x + 0.044715x³))). Keeps only x for the gradient. */
export function tanhGelu<T extends tf.Tensor>(x: T): T {
  const activate = tf.customGrad((input, save) => {
    const x = input as tf.Tensor;
    (save as tf.GradSaveFunc)([x]);
    const [value] = fused(
      [x],
      ([x]) => [tf.mul(tf.mul(x as tf.Tensor, 0.5), tf.add(inner(x as tf.Tensor), 1))],
      { again: true },
    );
    return { value: value as tf.Tensor, gradFunc: gradient };
  });
  return activate(x) as T;
}

function inner(x: tf.Tensor): tf.Tensor {
  return tf.tanh(tf.mul(tf.mul(x, tf.add(tf.mul(tf.square(x), CUBIC), 1)), SCALE));
}

/** ½(1 + t) + ½x(1 − t²)·√(2/π)(1 + 3·0.044715x²) */
function gradient(dy: tf.Tensor, [x]: tf.Tensor[]): tf.Tensor {
  const [dx] = fused([dy, x as tf.Tensor], (inputs) => {
    const [dy, x] = inputs as [tf.Tensor, tf.Tensor];
    const t = inner(x);
    const slope = tf.mul(tf.add(tf.mul(tf.square(x), 3 * CUBIC), 1), SCALE);
    const bent = tf.mul(tf.mul(x, tf.sub(1, tf.square(t))), slope);
    return [tf.mul(dy, tf.mul(tf.add(tf.add(t, 1), bent), 0.5))];
  });
  return dx as tf.Tensor;
}
