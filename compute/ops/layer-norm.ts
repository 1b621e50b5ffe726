import { tf } from '../native/tensorflow.js';
import { fused } from './fused.js';

/**
 * Layer normalization over the last axis of x [n, width], then scale γ and shift β [width].
 *
 * Keeps x for the gradient, and one mean and one scale per row.
 */
export function layerNorm(x: tf.Tensor2D, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): tf.Tensor2D {
  const normalize = tf.customGrad((...given) => {
    const save = given.pop() as tf.GradSaveFunc;
    const [x, gamma, beta] = given as tf.Tensor[] as [tf.Tensor, tf.Tensor, tf.Tensor];
    const normalized = ([x, gamma, beta]: tf.Tensor[]): tf.Tensor[] => {
      const mean = tf.mean(x as tf.Tensor, -1, true);
      const centered = tf.sub(x as tf.Tensor, mean);
      const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centered), -1, true), epsilon));
      const scaled = tf.mul(tf.mul(centered, inverse), gamma as tf.Tensor);
      return [tf.add(scaled, beta as tf.Tensor), mean, inverse];
    };
    const [value, mean, inverse] = fused([x, gamma, beta], normalized, { again: true }) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    save([x, gamma, mean, inverse]);
    return { value, gradFunc: gradient };
  });
  return normalize(x, gamma, beta) as tf.Tensor2D;
}

/**
 * With x̂ the normalized values and g = dy·γ: dx = (g − mean(g) − x̂·mean(g·x̂)) / σ. The sums for γ and β are functions of
 * their own: a program in which these do not train leaves them out.
 */
function gradient(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] {
  const [x, gamma, mean, inverse] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const [dx] = fused([dy, x, gamma, mean, inverse], (inputs) => {
    const [dy, x, gamma, mean, inverse] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const normal = tf.mul(tf.sub(x, mean), inverse);
    const scaled = tf.mul(dy, gamma);
    const along = tf.mul(normal, tf.mean(tf.mul(scaled, normal), -1, true));
    return [tf.mul(tf.sub(tf.sub(scaled, tf.mean(scaled, -1, true)), along), inverse)];
  });
  const normal = tf.mul(tf.sub(x, mean), inverse);
  return [dx as tf.Tensor, tf.sum(tf.mul(dy, normal), 0), tf.sum(dy, 0)];
}
