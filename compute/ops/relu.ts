import { tf } from '../native/tensorflow.js';
import { operation, typeAttribute } from './raw-operation.js';

/**
 * max(x, 0). Keeps only its result for the gradient, which tells as well as x where it was positive: so that x, where
 * nothing else needs it, gives up its memory to the result.
 */
export function relu<T extends tf.Tensor>(x: T): T {
  const activate = tf.customGrad((input, save) => {
    const y = tf.relu(input as tf.Tensor);
    (save as tf.GradSaveFunc)([y]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, [y]: tf.Tensor[]) =>
        operation('ReluGrad', [typeAttribute('T', 'float32')], [dy, y as tf.Tensor]),
    };
  });
  return activate(x) as T;
}
