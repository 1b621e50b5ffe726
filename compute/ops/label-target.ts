import { tf } from '../native/tensorflow.js';

/**
 * What a row's probabilities should be: [rows, classes], 1 − ε at the label, and ε / classes everywhere. All the same of a label that is
 * none of the classes.
 */
export function labelTarget(classes: number, labels: tf.Tensor1D, smoothing = 0): tf.Tensor {
  const hit = tf.equal(tf.range(0, classes, 1, 'int32'), tf.reshape(labels, [-1, 1]));
  const target = tf.cast(hit, 'float32');
  return smoothing === 0 ? target : tf.add(tf.mul(target, 1 - smoothing), smoothing / classes);
}
