import { tf, type AdamUpdate } from '../../../compute/index.js';
import type { Optimizer } from './optimizer.js';

export interface AdamWSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

const scalar = { shape: [], dtype: 'float32' } as const;
const firstMoment = (parameter: string): string => `${parameter}/exp_avg`;
const secondMoment = (parameter: string): string => `${parameter}/exp_avg_sq`;

/**
 * torch's AdamW: decay decoupled from the gradient, the weight is scaled by 1 − lr·decay first.
 *
 * @param isDecayed by parameter
 */
export function adamW(settings: AdamWSettings, isDecayed: (parameter: string) => boolean): Optimizer {
  const { beta1, beta2, epsilon, weightDecay } = settings;
  return {
    state: (parameter, shape) =>
      new Map([
        [firstMoment(parameter), shape],
        [secondMoment(parameter), shape],
      ]),
    feeds: { learning_rate: scalar, beta1_power: scalar, beta2_power: scalar, epsilon: scalar },
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
    update(gradients, { feeds }) {
      const fed = (name: string): tf.Tensor => feeds[name] as tf.Tensor;
      const scale =
        weightDecay > 0 ? { scale: tf.sub(1, tf.mul(fed('learning_rate'), weightDecay)) } : undefined;
      const [first, second] = [tf.scalar(beta1), tf.scalar(beta2)];
      const adam: AdamUpdate[] = [...gradients].map(([parameter, gradient]) => ({
        variable: parameter,
        m: firstMoment(parameter),
        v: secondMoment(parameter),
        gradient,
        learningRate: fed('learning_rate'),
        beta1Power: fed('beta1_power'),
        beta2Power: fed('beta2_power'),
        beta1: first,
        beta2: second,
        epsilon: fed('epsilon'),
        ...(isDecayed(parameter) ? scale : undefined),
      }));
      return { adam };
    },
  };
}
