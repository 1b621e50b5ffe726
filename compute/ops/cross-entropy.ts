import { tf } from '../native/tensorflow.js';
import { operations, typeAttribute } from './raw-operation.js';

/**
 * Softmax cross entropy of each row, −log softmax(logits)[label]: logits [rows, classes], labels [rows] int32 → [rows].
 * One kernel gives loss and gradient. A label outside of the classes is an error of the run.
 */
export function sparseCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  const loss = tf.customGrad((logits, labels, save) => {
    const { losses, slope } = crossEntropyWithSlope(logits as tf.Tensor, labels as tf.Tensor);
    (save as tf.GradSaveFunc)([slope, labels as tf.Tensor]);
    return {
      value: losses,
      gradFunc: (dy: tf.Tensor, [slope, labels]: tf.Tensor[]) => [
        tf.mul(slope as tf.Tensor, tf.expandDims(dy, -1)),
        tf.zerosLike(labels as tf.Tensor),
      ],
    };
  });
  return loss(logits, labels) as tf.Tensor1D;
}

/** Losses [rows], and what they grow by with each logit [rows, classes]. */
export function crossEntropyWithSlope(
  logits: tf.Tensor,
  labels: tf.Tensor,
): { readonly losses: tf.Tensor; readonly slope: tf.Tensor } {
  const attributes = [typeAttribute('T', 'float32'), typeAttribute('Tlabels', 'int32')];
  const [losses, slope] = operations('SparseSoftmaxCrossEntropyWithLogits', attributes, [logits, labels], 2);
  return { losses: losses as tf.Tensor, slope: slope as tf.Tensor };
}
