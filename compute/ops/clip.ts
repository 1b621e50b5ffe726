import { tf } from '../native/tensorflow.js';
import { operation, typeAttribute } from './raw-operation.js';

/**
 * One factor for all gradients, so that their joint norm is at most `maxNorm`: min(1, maxNorm / (norm + 10⁻⁶)), as
 * torch's `clip_grad_norm_`.
 *
 * @returns in order; and the norm from before
 */
export function clipByGlobalNorm(
  gradients: readonly tf.Tensor[],
  maxNorm: number,
): { readonly clipped: tf.Tensor[]; readonly norm: tf.Scalar } {
  const norm = tf.sqrt(tf.mul(tf.addN(gradients.map(halfSquares)), 2));
  const factor = tf.minimum(tf.div(maxNorm, tf.add(norm, 1e-6)), 1);
  return { clipped: gradients.map((gradient) => tf.mul(gradient, factor)), norm: norm as tf.Scalar };
}

/** Σ x² / 2 in one pass, without a tensor of squares. */
function halfSquares(x: tf.Tensor): tf.Tensor {
  return operation('L2Loss', [typeAttribute('T', 'float32')], [x]);
}
