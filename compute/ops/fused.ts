import type { tf } from '../native/tensorflow.js';
import { Recorder } from '../record/recorder.js';

/**
 * Operations that a compiled program does in one pass over the data (XLA), where each alone would read and write memory.
 * For chains of elementwise operations and reductions along the last axis; it has no gradient, so it is used inside of
 * `tf.customGrad`. Interpreted, the body simply runs. XLA's exp and erf may differ from TensorFlow's in the last bits.
 *
 * @param body a function of the inputs alone
 * @param again whether the backward pass of an `asLoss` makes the first result again, when it needs it, in place of keeping it: for
 *   what takes little time, of inputs that are kept in any case
 */
export function fused(
  inputs: tf.Tensor[],
  body: (inputs: tf.Tensor[]) => tf.Tensor[],
  { again = false } = {},
): tf.Tensor[] {
  const recorder = Recorder.current;
  return recorder ? recorder.fuse(inputs, body, again) : body(inputs);
}
