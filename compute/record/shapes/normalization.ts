import type { ShapeRule } from '../operation-call.js';

const like: ShapeRule = (call) => [{ dtype: call.dtype(), shape: call.shape(0) }];

/** Loss of each row, and its gradient with respect to the logits. */
const crossEntropy: ShapeRule = (call) => {
  const logits = call.shape(0);
  return [
    { dtype: call.dtype(), shape: logits.slice(0, -1) },
    { dtype: call.dtype(), shape: logits },
  ];
};

/** Inputs: x, scale, offset, mean, variance. Outputs: y, and per channel mean, variance and what the gradient reuses. */
const batchNorm =
  (reserved: number): ShapeRule =>
  (call) => {
    const perChannel = { dtype: call.dtype(1), shape: call.shape(1) };
    const y = { dtype: call.dtype(), shape: call.shape(0) };
    const spare = { dtype: call.dtype(1), shape: [0] };
    const reuse = Array.from({ length: Math.min(reserved, 2) }, () => perChannel);
    return [y, perChannel, perChannel, ...reuse, ...(reserved > 2 ? [spare] : [])];
  };

/** Inputs: dy, x, scale, and three that the forward pass kept. Outputs: dx, dscale, doffset, two that are empty. */
const batchNormGradient: ShapeRule = (call) => {
  const perChannel = { dtype: call.dtype(2), shape: call.shape(2) };
  const empty = { dtype: call.dtype(2), shape: [0] };
  return [{ dtype: call.dtype(1), shape: call.shape(1) }, perChannel, perChannel, empty, empty];
};

const biasGradient: ShapeRule = (call) => {
  const shape = call.shape(0);
  const channels = call.string('data_format', 'NHWC') === 'NCHW' ? shape[1] : shape.at(-1);
  return [{ dtype: call.dtype(), shape: [channels ?? call.mismatch('needs an axis of channels')] }];
};

export const normalizationRules: Readonly<Record<string, ShapeRule>> = {
  Softmax: like,
  LogSoftmax: like,
  BiasAdd: like,
  BiasAddGrad: biasGradient,
  SoftmaxCrossEntropyWithLogits: crossEntropy,
  SparseSoftmaxCrossEntropyWithLogits: crossEntropy,
  FusedBatchNorm: batchNorm(2),
  FusedBatchNormV3: batchNorm(3),
  FusedBatchNormGradV3: batchNormGradient,
};
