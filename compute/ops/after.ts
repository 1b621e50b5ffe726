import type { tf } from '../native/tensorflow.js';
import { Recorder } from '../record/recorder.js';

/**
 * The same value, which in a compiled program is not there before `other` is: what is made of it is made then, and not as the run
 * begins. It has no gradient.
 */
export function after(x: tf.Tensor, other: tf.Tensor): tf.Tensor {
  return Recorder.current?.after(x, other) ?? x;
}
