import { tf } from '../native/tensorflow.js';
import { fused } from './fused.js';
import { labelTarget } from './label-target.js';

/**
 * Cross entropy of each row against a label that is taken for right with 1 − ε, the rest being spread over all classes:
 * (1 − ε)·(−log p[label]) + ε·mean(−log p). logits [rows, classes], labels [rows] int32 → [rows].
 * Keeps the logits for the gradient, and one sum per row.
 */
export function smoothedCrossEntropy(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  smoothing: number,
): tf.Tensor1D {
  const loss = tf.customGrad((logits, labels, save) => {
    const inputs = [logits, labels] as [tf.Tensor, tf.Tensor];
    const [losses, logSum] = fused(inputs, (given) => {
      const [logits, labels] = given as [tf.Tensor2D, tf.Tensor1D];
      const highest = tf.max(logits, -1, true);
      const shifted = tf.sub(logits, highest);
      const logSum = tf.log(tf.sum(tf.exp(shifted), -1, true));
      const expected = tf.sum(tf.mul(shifted, labelTarget(logits.shape[1], labels, smoothing)), -1);
      return [tf.sub(tf.reshape(logSum, [-1]), expected), tf.add(logSum, highest)];
    }) as [tf.Tensor, tf.Tensor];
    (save as tf.GradSaveFunc)([...inputs, logSum]);
    return {
      value: losses,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [slope] = fused([dy, ...saved], (given) => {
          const [dy, logits, labels, logSum] = given as [tf.Tensor1D, tf.Tensor2D, tf.Tensor1D, tf.Tensor2D];
          const probabilities = tf.exp(tf.sub(logits, logSum));
          const gap = tf.sub(probabilities, labelTarget(logits.shape[1], labels, smoothing));
          return [tf.mul(gap, tf.reshape(dy, [-1, 1]))];
        });
        // Integers have no gradient; tfjs wants one of the same shape.
        return [slope as tf.Tensor, tf.zerosLike(saved[1] as tf.Tensor)];
      },
    };
  });
  return loss(logits, labels) as tf.Tensor1D;
}
