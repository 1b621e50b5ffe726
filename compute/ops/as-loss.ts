import { tf } from '../native/tensorflow.js';
import { Recorder } from '../record/recorder.js';

/**
 * The same value, of which gradients are to be taken: a program that is being compiled learns here where the backward pass begins,
 * in which it makes again what `fused` was told to.
 */
export function asLoss(loss: tf.Scalar): tf.Scalar {
  const mark = tf.customGrad((x) => ({
    value: tf.clone(x as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => {
      Recorder.current?.beginBackward(dy);
      return dy;
    },
  }));
  return mark(loss) as tf.Scalar;
}
