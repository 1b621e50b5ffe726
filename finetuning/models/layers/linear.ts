import { tf } from '../../../compute/index.js';
import type { ForwardContext } from './forward-context.js';

/** x [n, in] → x Wᵀ + b [n, out]; W is stored [out, in], as torch does. */
export function linear(context: ForwardContext, path: string, x: tf.Tensor2D): tf.Tensor2D {
  return context
    .wrap({
      path,
      kind: 'linear',
      bias: true,
      apply: <T extends tf.Tensor>(input: T): T => {
        const weight = context.weight(`${path}.weight`) as tf.Tensor2D;
        return tf.add(tf.matMul(input, weight, false, true), context.weight(`${path}.bias`));
      },
    })
    .apply(x);
}
