import {
  conv2dOfFrozen,
  fused,
  isPointwise,
  selectByBits,
  selectByByte,
  tf,
  unpackCodes,
  type Convolution,
} from '../../../compute/index.js';
import { DYNAMIC_VALUES, NF4_VALUES } from './code-tables.js';
import { BLOCK, NESTED_BLOCK } from './quantize.js';

/** A weight's variables: see `PackedVariables`. */
export interface PackedTensors {
  readonly codes: tf.Tensor;
  readonly absmax: tf.Tensor;
  readonly nestedAbsmax: tf.Tensor;
  readonly offset: tf.Tensor;
}

/** The upper half of a byte comes first. */
const CODE_SHIFTS = [4, 0, 12, 8, 20, 16, 28, 24];
const BYTE_SHIFTS = [0, 8, 16, 24];

/**
 * The weight's values in float32, to the bit those that bitsandbytes dequantizes (of numbers that are above 10⁻³⁰: what is
 * no normal number TensorFlow takes for 0).
 *
 * @param after is not read, but waited for. Without it nothing would keep TensorFlow from making all weights at once, when a
 *   step begins; and two equal calls would become one, whose result lives from the forward pass to the backward pass.
 * @param shape [out, in] of a linear layer, whichever way round it is stored in files
 */
export function dequantize(packed: PackedTensors, shape: readonly number[], after: tf.Tensor): tf.Tensor {
  const { codes, absmax, nestedAbsmax, offset } = packed;
  const count = shape.reduce((product, size) => product * size, 1);
  const blocks = codes.size / (BLOCK / 8);
  const marker = tf.slice(after, after.shape.map(() => 0), after.shape.map(() => 1)); // prettier-ignore
  // Two functions: in one, XLA would round code · nested + offset once, where bitsandbytes rounds twice.
  const [spread] = fused([absmax, nestedAbsmax, marker], ([absmax, nestedAbsmax]) => {
    const nested = nestedAbsmax as tf.Tensor;
    const each = tf.broadcastTo(tf.reshape(nested, [nested.size, 1]), [nested.size, NESTED_BLOCK]);
    const scales = tf.slice(tf.reshape(each, [nested.size * NESTED_BLOCK]), [0], [blocks]);
    const bytes = tf.slice(unpackCodes(absmax as tf.Tensor, BYTE_SHIFTS), [0], [blocks]);
    return [tf.mul(selectByByte(DYNAMIC_VALUES, bytes), scales)];
  }) as [tf.Tensor];
  const [values] = fused([codes, spread, offset], ([codes, spread, offset]) => {
    const values = selectByBits(NF4_VALUES, unpackCodes(codes as tf.Tensor, CODE_SHIFTS));
    const scales = tf.add(spread as tf.Tensor, offset as tf.Tensor);
    return [tf.mul(tf.reshape(values, [blocks, BLOCK]), tf.reshape(scales, [blocks, 1]))];
  }) as [tf.Tensor];
  // Out here, so that weights of one size share their compiled functions, whatever their shapes.
  const flat = tf.reshape(values, [blocks * BLOCK]);
  return tf.reshape(count === flat.size ? flat : tf.slice(flat, [0], [count]), [...shape]);
}

/**
 * x [n, in] · Wᵀ → [n, out], with W frozen. W is made for this product and again for the one of the gradient: between them
 * it takes no memory.
 *
 * @param shape of W: [out, in]
 */
export function packedMatMul<T extends tf.Tensor>(x: T, packed: PackedTensors, shape: readonly number[]): T {
  const weight = (after: tf.Tensor): tf.Tensor2D => dequantize(packed, shape, after) as tf.Tensor2D;
  const multiply = tf.customGrad((x) => ({
    value: tf.matMul(x as tf.Tensor2D, weight(x as tf.Tensor), false, true) as tf.Tensor,
    gradFunc: (dy: tf.Tensor) => tf.matMul(dy as tf.Tensor2D, weight(dy)) as tf.Tensor,
  }));
  return multiply(x) as T;
}

/**
 * Images x [rows, height, width, in] → [rows, …, …, out], with a frozen filter that is made twice likewise.
 *
 * @param shape of the filter: [out, in, h, w]
 */
export function packedConv2d(
  x: tf.Tensor4D,
  packed: PackedTensors,
  shape: readonly number[],
  convolution: Convolution,
): tf.Tensor4D {
  if (!isPointwise(shape, convolution)) {
    const filter = (after: tf.Tensor): tf.Tensor4D => dequantize(packed, shape, after) as tf.Tensor4D;
    return conv2dOfFrozen(x, filter, convolution);
  }
  const [rows, height, width, inner] = x.shape;
  const outer = shape[0] as number;
  const flat = tf.reshape(x, [rows * height * width, inner]);
  return tf.reshape(packedMatMul(flat, packed, [outer, inner]), [rows, height, width, outer]);
}
