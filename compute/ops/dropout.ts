import { tf } from '../native/tensorflow.js';
import { fused } from './fused.js';
import { indexHash } from './hash.js';

/**
 * Sets elements to zero with a probability and scales the others by 1 / (1 − probability). Which ones is a function of
 * the key alone: the gradient works them out again in place of keeping a mask, and a run that goes on draws what it would
 * have drawn. The same on every device.
 *
 * @param key [2] int32, another for each place and each step: see {@link counterKeys}
 */
export function dropout<T extends tf.Tensor>(x: T, probability: number, key: tf.Tensor1D): T {
  if (probability === 0) return x;
  const drop = tf.customGrad((input, key, save) => {
    (save as tf.GradSaveFunc)([key as tf.Tensor]);
    return {
      value: dropped(input as tf.Tensor, key as tf.Tensor, probability),
      gradFunc: (dy: tf.Tensor, [key]: tf.Tensor[]) => [
        dropped(dy, key as tf.Tensor, probability),
        // Integers have no gradient; tfjs wants one of the same shape.
        tf.zerosLike(key as tf.Tensor),
      ],
    };
  });
  return drop(x, key) as T;
}

function dropped(x: tf.Tensor, key: tf.Tensor, probability: number): tf.Tensor {
  const keep = 1 - probability;
  const body = ([x, key]: tf.Tensor[]): tf.Tensor[] => {
    const words = tf.reshape(indexHash((x as tf.Tensor).size, key as tf.Tensor), (x as tf.Tensor).shape);
    const kept = tf.less(words, tf.scalar(Math.round(keep * 2 ** 31) - 1, 'int32'));
    return [tf.mul(x as tf.Tensor, tf.mul(tf.cast(kept, 'float32'), 1 / keep))];
  };
  const [result] = fused([x, key], body, { again: true });
  return result as tf.Tensor;
}
