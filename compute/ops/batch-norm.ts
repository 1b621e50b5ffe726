import type { KernelAttribute } from '../native/backend.js';
import { computesOnGpu } from '../native/computes-on-gpu.js';
import { tf } from '../native/tensorflow.js';
import { fused } from './fused.js';
import {
  boolAttribute,
  floatAttribute,
  operations,
  stringAttribute,
  typeAttribute,
} from './raw-operation.js';

/** All [channels]. */
export interface BatchNormParameters {
  readonly gamma: tf.Tensor;
  readonly beta: tf.Tensor;
  /** Running statistics. */
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

export interface BatchStatistics {
  /** How far the running statistics go towards the batch's: torch's 0.1. */
  readonly momentum: number;
  /**
   * Takes the running statistics' next values: (1 − momentum) · before + momentum · batch's, the variance unbiased, as
   * torch. They are gone after the call, unless they are kept.
   */
  readonly update: (mean: tf.Tensor, variance: tf.Tensor) => void;
}

/**
 * Normalizes each channel of x [rows, height, width, channels], then scales by γ and shifts by β.
 *
 * @param training with the batch's statistics, which the gradient goes through; absent: with the running ones
 */
export function batchNorm(
  x: tf.Tensor4D,
  { gamma, beta, mean, variance }: BatchNormParameters,
  epsilon: number,
  training?: BatchStatistics,
): tf.Tensor4D {
  const normalize = tf.customGrad((...given) => {
    const save = given.pop() as tf.GradSaveFunc;
    const [x, gamma, beta] = given as tf.Tensor[] as [tf.Tensor, tf.Tensor, tf.Tensor];
    const [value, nextMean, nextVariance, ...kept] = operations(
      'FusedBatchNormV3',
      [
        ...attributes(epsilon, training !== undefined),
        floatAttribute('exponential_avg_factor', training?.momentum ?? 1),
      ],
      [x, gamma, beta, mean, variance],
      6,
    ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    training?.update(nextMean, nextVariance);
    if (!training && computesOnGpu()) {
      save([x, gamma, mean, variance]);
      return { value, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => slopesOfOneKind(dy, saved, epsilon) };
    }
    save([x, gamma, ...kept]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, [x, gamma, ...kept]: tf.Tensor[]) =>
        operations(
          'FusedBatchNormGradV3',
          attributes(epsilon, training !== undefined),
          [dy, x as tf.Tensor, gamma as tf.Tensor, ...kept],
          5,
        ).slice(0, 3),
    };
  });
  return normalize(x, gamma, beta) as tf.Tensor4D;
}

function attributes(epsilon: number, training: boolean): KernelAttribute[] {
  return [
    typeAttribute('T', 'float32'),
    typeAttribute('U', 'float32'),
    floatAttribute('epsilon', epsilon),
    stringAttribute('data_format', 'NHWC'),
    boolAttribute('is_training', training),
  ];
}

/** Gradients of x, γ and β with the running statistics, in operations that give the same bits in each run. */
function slopesOfOneKind(dy: tf.Tensor, saved: tf.Tensor[], epsilon: number): tf.Tensor[] {
  return fused([dy, ...saved], (given) => {
    const [dy, x, gamma, mean, variance] = given as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const scale = tf.rsqrt(tf.add(variance, epsilon));
    const sum = (of: tf.Tensor): tf.Tensor => tf.sum(tf.reshape(of, [-1, gamma.size]), 0);
    return [tf.mul(dy, tf.mul(gamma, scale)), tf.mul(sum(tf.mul(dy, tf.sub(x, mean))), scale), sum(dy)];
  });
}
