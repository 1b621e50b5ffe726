import { tf } from '../../../compute/index.js';
import type { ForwardContext } from './forward-context.js';

/** GPT-2's Conv1D: x [n, in] → x W + b [n, out]; W is stored [in, out]. */
export function conv1d(context: ForwardContext, path: string, x: tf.Tensor2D): tf.Tensor2D {
  return context
    .wrap({
      path,
      kind: 'conv1d',
      bias: true,
      apply: <T extends tf.Tensor>(input: T): T => {
        const weight = context.weight(`${path}.weight`) as tf.Tensor2D;
        return tf.add(tf.matMul(input, weight), context.weight(`${path}.bias`));
      },
    })
    .apply(x);
}
