import { tf } from '../native/tensorflow.js';
import { fused } from './fused.js';
import { indexHash } from './hash.js';

/**
 * x [n, width] with numbers from U(−1, 1) · scale [n, 1] added, which are a function of the key alone. The gradient goes
 * through to x as it is.
 *
 * @param key [2] int32, another for each place and each step: see `counterKeys`
 */
export function addUniformNoise(x: tf.Tensor2D, scale: tf.Tensor2D, key: tf.Tensor1D): tf.Tensor2D {
  const add = tf.customGrad((...given) => {
    const save = given.pop() as tf.GradSaveFunc;
    const [x, scale, key] = given as [tf.Tensor, tf.Tensor, tf.Tensor];
    save([scale, key]);
    const [value] = fused([x, scale, key], ([x, scale, key]) => {
      const words = indexHash((x as tf.Tensor).size, key as tf.Tensor);
      const uniform = tf.sub(tf.mul(tf.cast(words, 'float32'), 2 ** -30), 1);
      const noise = tf.mul(tf.reshape(uniform, (x as tf.Tensor).shape), scale as tf.Tensor);
      return [tf.add(x as tf.Tensor, noise)];
    });
    return {
      value: value as tf.Tensor,
      // The scale has no gradient of its own: it follows from lengths. tfjs wants one of the same shape.
      gradFunc: (dy: tf.Tensor, [scale, key]: tf.Tensor[]) => [
        dy,
        tf.zerosLike(scale as tf.Tensor),
        tf.zerosLike(key as tf.Tensor),
      ],
    };
  });
  return add(x, scale, key) as tf.Tensor2D;
}
