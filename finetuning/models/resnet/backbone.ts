import { batchNorm, maxPool, relu, type tf } from '../../../compute/index.js';
import { convolution } from '../layers/convolution.js';
import type { ForwardContext } from '../layers/forward-context.js';
import type { ResNetConfig } from './config.js';
import { residualLayers, stem, type ConvolutionNorm, type ResidualLayer } from './structure.js';

/** torch's defaults, which transformers does not change. */
const EPSILON = 1e-5;
const MOMENTUM = 0.1;

/**
 * @param images [rows, height, width, channels]
 * @returns the last stage's features, [rows, ⌈height / 32⌉, ⌈width / 32⌉, hidden] with four stages
 */
export function resnetBackbone(
  context: ForwardContext,
  config: ResNetConfig,
  images: tf.Tensor4D,
): tf.Tensor4D {
  const embedded = convolutionNorm(context, stem(config), images);
  // The other way round it would be the same, of four times as many values, which would be kept for the gradient.
  const pooled = relu(maxPool(embedded, { size: 3, stride: 2, padding: 1 }));
  return residualLayers(config).reduce((x, layer) => residual(context, layer, x), pooled);
}

/** relu(convolutions(x) + x): a relu after each convolution, after the last one only behind the sum. */
function residual(
  context: ForwardContext,
  { path, convolutions, shortcut }: ResidualLayer,
  x: tf.Tensor4D,
): tf.Tensor4D {
  const input = shortcut ? convolutionNorm(context, shortcut, x) : x;
  const output = convolutions.reduce((inner, layer, index) => {
    const normal = convolutionNorm(context, layer, inner);
    return index < convolutions.length - 1 ? relu(normal) : normal;
  }, x);
  return relu(context.join({ path, half: 'output', output, input })) as tf.Tensor4D;
}

function convolutionNorm(
  context: ForwardContext,
  { path, kernel, stride }: ConvolutionNorm,
  x: tf.Tensor4D,
): tf.Tensor4D {
  const convolved = convolution(context, `${path}.convolution`, x, {
    stride,
    padding: Math.floor(kernel / 2),
  });
  const norm = `${path}.normalization`;
  const { update } = context;
  return batchNorm(
    convolved,
    {
      gamma: context.weight(`${norm}.weight`),
      beta: context.weight(`${norm}.bias`),
      mean: context.weight(`${norm}.running_mean`),
      variance: context.weight(`${norm}.running_var`),
    },
    EPSILON,
    update && {
      momentum: MOMENTUM,
      update(mean, variance) {
        update(`${norm}.running_mean`, mean);
        update(`${norm}.running_var`, variance);
      },
    },
  );
}
