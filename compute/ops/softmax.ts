import { tf } from '../native/tensorflow.js';
import { fused } from './fused.js';

/** Softmax over the last axis, with a gradient of one pass: dx = y·(dy − Σ dy·y). */
export function softmax<T extends tf.Tensor>(x: T): T {
  const normalize = tf.customGrad((input, save) => {
    const y = tf.softmax(input as tf.Tensor);
    (save as tf.GradSaveFunc)([y]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, [y]: tf.Tensor[]) => {
        const [dx] = fused([dy, y as tf.Tensor], ([dy, y]) => {
          const product = tf.mul(dy as tf.Tensor, y as tf.Tensor);
          return [tf.sub(product, tf.mul(y as tf.Tensor, tf.sum(product, -1, true)))];
        });
        return dx as tf.Tensor;
      },
    };
  });
  return normalize(x) as T;
}
