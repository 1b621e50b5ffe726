import { bfloat16Values, bfloat16Words, fromBfloat16, tf, type TensorSpec } from '../../../compute/index.js';
import type { StoredForm } from '../method.js';

/**
 * Half of a weight's bytes: its values in bfloat16, two in a word of 32 bits, for want of smaller integers.
 *
 * @param shape of the weight: its first axis by all others is what lies in rows of words
 */
export function bfloat16Form(
  weight: string,
  shape: readonly number[],
): StoredForm & Required<Pick<StoredForm, 'tensor'>> {
  const variable = `${weight}/bfloat16`;
  const rows = shape[0] as number;
  const columns = shape.slice(1).reduce((product, size) => product * size, 1);
  const spec: TensorSpec = { shape: [rows, Math.ceil(columns / 2)], dtype: 'int32' };
  return {
    variables: { [variable]: spec },
    encode: (values) => ({ [variable]: bfloat16Words(values, rows) }),
    decode: (variables) => bfloat16Values(variables[variable] as Int32Array, rows, columns),
    tensor(value) {
      const values = fromBfloat16(value(variable) as tf.Tensor2D, columns);
      return shape.length === 2 ? values : tf.reshape(values, [...shape]);
    },
  };
}
