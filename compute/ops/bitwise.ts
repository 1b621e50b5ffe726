import type { tf } from '../native/tensorflow.js';
import { operation, typeAttribute } from './raw-operation.js';

/** Of int32 tensors of shapes that broadcast. A shift to the right repeats the sign. */
export function bitwise(
  op: 'BitwiseAnd' | 'BitwiseXor' | 'RightShift',
  x: tf.Tensor,
  y: tf.Tensor,
): tf.Tensor {
  return operation(op, [typeAttribute('T', 'int32')], [x, y]);
}
