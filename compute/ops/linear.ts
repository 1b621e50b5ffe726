import { tf } from '../native/tensorflow.js';

/** x [n, in] · Wᵀ + b → [n, out], with W as torch stores it, [out, in], and b [out]. */
export function linear(x: tf.Tensor2D, weight: tf.Tensor2D, bias?: tf.Tensor1D): tf.Tensor2D {
  const product: tf.Tensor2D = tf.matMul(x, weight, false, true);
  return bias ? tf.add(product, bias) : product;
}
