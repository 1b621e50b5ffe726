import { gelu, tanhGelu, tf } from '../../../compute/index.js';

/** The `non_linearity` of AdapterHub's configurations, which are transformers' names. */
export const nonLinearities = ['relu', 'swish', 'silu', 'gelu', 'gelu_new', 'tanh'] as const;
export type NonLinearity = (typeof nonLinearities)[number];

const swish = (x: tf.Tensor): tf.Tensor => tf.mul(x, tf.sigmoid(x));

export const activations: Readonly<Record<NonLinearity, (x: tf.Tensor) => tf.Tensor>> = {
  relu: (x) => tf.relu(x),
  swish,
  silu: swish,
  gelu,
  gelu_new: tanhGelu,
  tanh: (x) => tf.tanh(x),
};
