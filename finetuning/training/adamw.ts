import { tf, type AdamUpdate } from '../../compute/index.js';

export interface AdamWSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** Scalars that change from step to step, and so are fed. */
export const adamFeeds = {
  learning_rate: { shape: [], dtype: 'float32' },
  beta1_power: { shape: [], dtype: 'float32' },
  beta2_power: { shape: [], dtype: 'float32' },
  epsilon: { shape: [], dtype: 'float32' },
} as const;

export type AdamFeeds = Record<keyof typeof adamFeeds, Float32Array>;

/**
 * @param step the update's number, from 1
 *
 * torch adds ε to √(v / (1 − β₂ᵗ)), TensorFlow's kernel adds it to √v: ε·√(1 − β₂ᵗ) makes them the same.
 */
export function adamFeedsAt(settings: AdamWSettings, step: number, learningRate: number): AdamFeeds {
  const beta2Power = settings.beta2 ** step;
  return {
    learning_rate: Float32Array.of(learningRate),
    beta1_power: Float32Array.of(settings.beta1 ** step),
    beta2_power: Float32Array.of(beta2Power),
    epsilon: Float32Array.of(settings.epsilon * Math.sqrt(1 - beta2Power)),
  };
}

export const firstMoment = (parameter: string): string => `${parameter}/exp_avg`;
export const secondMoment = (parameter: string): string => `${parameter}/exp_avg_sq`;

/** One step of AdamW on each parameter, decay decoupled from the gradient: the weight is scaled by 1 − lr·decay first. */
export function adamWUpdates(options: {
  readonly gradients: ReadonlyMap<string, tf.Tensor>;
  readonly feeds: Readonly<Record<string, tf.Tensor>>;
  readonly settings: AdamWSettings;
  readonly isDecayed: (parameter: string) => boolean;
}): AdamUpdate[] {
  const { gradients, feeds, settings, isDecayed } = options;
  const fed = (name: keyof typeof adamFeeds): tf.Tensor => feeds[name] as tf.Tensor;
  const scale =
    settings.weightDecay > 0
      ? { scale: tf.sub(1, tf.mul(fed('learning_rate'), settings.weightDecay)) }
      : undefined;
  const [beta1, beta2] = [tf.scalar(settings.beta1), tf.scalar(settings.beta2)];
  return [...gradients].map(([parameter, gradient]) => ({
    variable: parameter,
    m: firstMoment(parameter),
    v: secondMoment(parameter),
    gradient,
    learningRate: fed('learning_rate'),
    beta1Power: fed('beta1_power'),
    beta2Power: fed('beta2_power'),
    beta1,
    beta2,
    epsilon: fed('epsilon'),
    ...(isDecayed(parameter) ? scale : undefined),
  }));
}
