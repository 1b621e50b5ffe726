import { tf } from '../../../compute/index.js';
import type { Optimizer } from './optimizer.js';
import { ruleScalars, type RuleOf } from './parameter-rule.js';
import { scalarFeed } from './scalar-feed.js';

export interface LionSettings {
  readonly beta1: number;
  readonly beta2: number;
}

const averageOf = (parameter: string): string => `${parameter}/exp_avg`;

/**
 * Lion (Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023): each weight moves by ±lr, by the sign of an
 * average of gradients; the average that is kept leans on the past more than the one that is used. Decay is decoupled.
 */
export function lion({ beta1, beta2 }: LionSettings, ruleOf: RuleOf): Optimizer {
  return {
    state: (parameter, shape) => new Map([[averageOf(parameter), shape]]),
    feeds: { learning_rate: scalarFeed },
    feedsAt: (_step, learningRate) => ({ learning_rate: Float32Array.of(learningRate) }),
    update(gradients, { variables, feeds }) {
      const scalarsOf = ruleScalars(feeds.learning_rate as tf.Tensor);
      const updates: Record<string, tf.Tensor> = {};
      for (const [parameter, gradient] of gradients) {
        const { rate, kept } = scalarsOf(ruleOf(parameter));
        const average = variables[averageOf(parameter)] as tf.Tensor;
        const mixed = (beta: number): tf.Tensor => tf.add(tf.mul(average, beta), tf.mul(gradient, 1 - beta));
        const weight = variables[parameter] as tf.Tensor;
        const start = kept ? tf.mul(weight, kept) : weight;
        updates[parameter] = tf.sub(start, tf.mul(tf.sign(mixed(beta1)), rate));
        updates[averageOf(parameter)] = mixed(beta2);
      }
      return { updates };
    },
  };
}
