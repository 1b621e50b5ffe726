import { tf } from '../../../compute/index.js';

/**
 * Layer normalization over the last axis of x [n, width], then scale γ and shift β [width].
 *
 * The gradient is written out: from the normalized values alone, with two means, where the chain of its parts would
 * keep and pass through six tensors of x's size.
 */
export function layerNorm(x: tf.Tensor2D, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): tf.Tensor2D {
  const normalize = tf.customGrad((input, scale, shift, save) => {
    const [x, gamma, beta] = [input as tf.Tensor2D, scale as tf.Tensor1D, shift as tf.Tensor1D];
    const centered = tf.sub(x, tf.mean(x, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centered), -1, true), epsilon));
    const normal = tf.mul(centered, inverse);
    (save as tf.GradSaveFunc)([normal, inverse, gamma]);
    return { value: tf.add(tf.mul(normal, gamma), beta), gradFunc: layerNormGradient };
  });
  return normalize(x, gamma, beta) as tf.Tensor2D;
}

function layerNormGradient(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] {
  const [normal, inverse, gamma] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
  const dNormal = tf.mul(dy, gamma);
  const along = tf.mul(normal, tf.mean(tf.mul(dNormal, normal), -1, true));
  const dx = tf.mul(tf.sub(tf.sub(dNormal, tf.mean(dNormal, -1, true)), along), inverse);
  return [dx, tf.sum(tf.mul(dy, normal), 0), tf.sum(dy, 0)];
}
