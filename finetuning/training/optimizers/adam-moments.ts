import { tf, type AdamUpdate, type SignatureScope } from '../../../compute/index.js';
import type { Optimizer } from './optimizer.js';
import { scalarFeed } from './scalar-feed.js';

export interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

const firstMoment = (parameter: string): string => `${parameter}/exp_avg`;
const secondMoment = (parameter: string): string => `${parameter}/exp_avg_sq`;

/** One step of Adam in a graph: its scalars are there once, for all parameters. */
interface AdamStep {
  readonly scheduledRate: tf.Tensor;
  of(parameter: string, gradient: tf.Tensor, rate: tf.Tensor): AdamUpdate;
}

/** What Adam and AdamW have in common: two moments, the same feeds, one kernel. */
export function adamMoments({ beta1, beta2, epsilon }: AdamSettings): Omit<Optimizer, 'update'> & {
  update(scope: SignatureScope): AdamStep;
} {
  return {
    state: (parameter, shape) =>
      new Map([
        [firstMoment(parameter), shape],
        [secondMoment(parameter), shape],
      ]),
    feeds: {
      learning_rate: scalarFeed,
      beta1_power: scalarFeed,
      beta2_power: scalarFeed,
      epsilon: scalarFeed,
    },
    // torch adds ε to √(v / (1 − β₂ᵗ)), TensorFlow's kernel adds it to √v: ε·√(1 − β₂ᵗ) makes them the same.
    feedsAt(step, learningRate) {
      const beta2Power = beta2 ** step;
      return {
        learning_rate: Float32Array.of(learningRate),
        beta1_power: Float32Array.of(beta1 ** step),
        beta2_power: Float32Array.of(beta2Power),
        epsilon: Float32Array.of(epsilon * Math.sqrt(1 - beta2Power)),
      };
    },
    update({ feeds }) {
      const fed = (name: string): tf.Tensor => feeds[name] as tf.Tensor;
      const shared = {
        beta1Power: fed('beta1_power'),
        beta2Power: fed('beta2_power'),
        beta1: tf.scalar(beta1),
        beta2: tf.scalar(beta2),
        epsilon: fed('epsilon'),
      };
      return {
        scheduledRate: fed('learning_rate'),
        of: (parameter, gradient, learningRate) => ({
          variable: parameter,
          m: firstMoment(parameter),
          v: secondMoment(parameter),
          gradient,
          learningRate,
          ...shared,
        }),
      };
    },
  };
}
