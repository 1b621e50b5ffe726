import { tf } from '../../../compute/index.js';

/** Softmax cross entropy of each row: logits [rows, classes], labels [rows] int32 → [rows] */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  const chosen = tf.oneHot(labels, logits.shape[1]);
  return tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), tf.cast(chosen, 'float32')), -1));
}
