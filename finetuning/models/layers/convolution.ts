import { conv2d, type Convolution, type tf } from '../../../compute/index.js';
import type { ForwardContext } from './forward-context.js';

/** x [rows, height, width, in] → [rows, …, …, out], without a bias; the weight is stored [out, in, h, w], as torch does. */
export function convolution(
  context: ForwardContext,
  path: string,
  x: tf.Tensor4D,
  { stride, padding }: Convolution,
): tf.Tensor4D {
  return context
    .wrap({
      path,
      kind: 'conv2d',
      bias: false,
      stride,
      padding,
      apply: <T extends tf.Tensor>(input: T): T => {
        const weight = context.weight(`${path}.weight`) as tf.Tensor4D;
        return conv2d(input as unknown as tf.Tensor4D, weight, { stride, padding }) as unknown as T;
      },
    })
    .apply(x);
}
