import { computesOnGpu } from '../native/computes-on-gpu.js';
import { tf } from '../native/tensorflow.js';
import { fused } from './fused.js';
import { labelTarget } from './label-target.js';
import { operations, typeAttribute } from './raw-operation.js';

/**
 * Softmax cross entropy of each row, −log softmax(logits)[label]: logits [rows, classes], labels [rows] int32 → [rows].
 * One kernel gives loss and gradient. A label outside of the classes is an error of the run; on a GPU its loss is NaN.
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
  if (computesOnGpu()) return ofOneKind(logits as tf.Tensor2D, labels as tf.Tensor1D);
  const attributes = [typeAttribute('T', 'float32'), typeAttribute('Tlabels', 'int32')];
  const [losses, slope] = operations('SparseSoftmaxCrossEntropyWithLogits', attributes, [logits, labels], 2);
  return { losses: losses as tf.Tensor, slope: slope as tf.Tensor };
}

/** The same in operations that give the same bits in each run. */
function ofOneKind(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
): { readonly losses: tf.Tensor; readonly slope: tf.Tensor } {
  const [losses, slope] = fused([logits, labels], (given) => {
    const [logits, labels] = given as [tf.Tensor2D, tf.Tensor1D];
    const target = labelTarget(logits.shape[1], labels);
    const shifted = tf.sub(logits, tf.max(logits, -1, true));
    const exps = tf.exp(shifted);
    const sum = tf.sum(exps, -1, true);
    const found = tf.sum(target, -1);
    const loss = tf.sub(tf.log(tf.reshape(sum, [-1])), tf.sum(tf.mul(shifted, target), -1));
    // 0 / 0 for a label that is none of the classes.
    return [tf.mul(loss, tf.div(found, found)), tf.sub(tf.div(exps, sum), target)];
  });
  return { losses: losses as tf.Tensor, slope: slope as tf.Tensor };
}
