import { smoothedCrossEntropy, sparseCrossEntropy, tf, type TensorSpec } from '../../compute/index.js';
import type { Network } from '../models/network.js';

/**
 * What a pass over `rows` inputs of `width` is told to say: the class of each place; of each row which classes it has, as 0
 * and 1; or its numbers.
 */
export function labelSpec(network: Network, rows: number, width: number): TensorSpec {
  const count = network.labelCount(rows, width);
  switch (network.problem) {
    case 'single_label_classification':
      return { shape: [count], dtype: 'int32' };
    case 'multi_label_classification':
    case 'regression':
      return { shape: [count, network.classes], dtype: 'float32' };
  }
}

/**
 * The loss of each row, as transformers has it: cross entropy; the mean of the classes' binary cross entropies; the mean of
 * the squares of the numbers' errors.
 *
 * @param logits [n, classes]
 * @param labels see `labelSpec`
 * @param smoothing share of each label that is spread over all classes
 * @returns [n]
 */
export function lossesOf(
  { problem }: Pick<Network, 'problem'>,
  logits: tf.Tensor2D,
  labels: tf.Tensor,
  smoothing = 0,
): tf.Tensor1D {
  switch (problem) {
    case 'single_label_classification':
      return smoothing > 0
        ? smoothedCrossEntropy(logits, labels as tf.Tensor1D, smoothing)
        : sparseCrossEntropy(logits, labels as tf.Tensor1D);
    case 'multi_label_classification': {
      // −log σ(x) is softplus(−x), which stays exact where σ(x) is nearly 0 or 1.
      const has = tf.mul(labels, tf.softplus(tf.neg(logits)));
      const lacks = tf.mul(tf.sub(1, labels), tf.softplus(logits));
      return tf.mean(tf.add(has, lacks), -1);
    }
    case 'regression':
      return tf.mean(tf.square(tf.sub(logits, labels)), -1);
  }
}

/**
 * Which rows are right [n]: the largest logit is the label's, or those above 0 are those of all labels. A number is not right
 * or wrong: `undefined`.
 */
export function rightOf(
  { problem }: Pick<Network, 'problem'>,
  logits: tf.Tensor2D,
  labels: tf.Tensor,
): tf.Tensor | undefined {
  switch (problem) {
    case 'single_label_classification':
      return tf.cast(tf.equal(tf.cast(tf.argMax(logits, -1), 'int32'), labels), 'float32');
    case 'multi_label_classification':
      // Of 0 and 1 the smallest is 1 where all are.
      return tf.min(tf.cast(tf.equal(tf.cast(tf.greater(logits, 0), 'float32'), labels), 'float32'), -1);
    case 'regression':
      return undefined;
  }
}
