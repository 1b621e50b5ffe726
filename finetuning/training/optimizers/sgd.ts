import { tf } from '../../../compute/index.js';
import type { Optimizer } from './optimizer.js';
import { ruleScalars, type RuleOf } from './parameter-rule.js';
import { scalarFeed } from './scalar-feed.js';

export interface SgdSettings {
  readonly momentum: number;
  /** Looks ahead: steps by g + momentum·b in place of b. */
  readonly nesterov: boolean;
}

const momentumOf = (parameter: string): string => `${parameter}/momentum_buffer`;

/**
 * torch's SGD: b ← momentum·b + g, w ← w − lr·b, where g has the decay in it. The first step's b is g alone, which is what
 * comes of a buffer of zeros.
 */
export function sgd({ momentum, nesterov }: SgdSettings, ruleOf: RuleOf): Optimizer {
  return {
    state: (parameter, shape) => new Map(momentum > 0 ? [[momentumOf(parameter), shape]] : []),
    feeds: { learning_rate: scalarFeed },
    feedsAt: (_step, learningRate) => ({ learning_rate: Float32Array.of(learningRate) }),
    update(gradients, { variables, feeds }) {
      const scalarsOf = ruleScalars(feeds.learning_rate as tf.Tensor);
      const updates: Record<string, tf.Tensor> = {};
      for (const [parameter, gradient] of gradients) {
        const rule = ruleOf(parameter);
        const weight = variables[parameter] as tf.Tensor;
        const decayed = rule.weightDecay > 0 ? tf.add(gradient, tf.mul(weight, rule.weightDecay)) : gradient;
        let direction = decayed;
        if (momentum > 0) {
          const buffer = tf.add(tf.mul(variables[momentumOf(parameter)] as tf.Tensor, momentum), decayed);
          updates[momentumOf(parameter)] = buffer;
          direction = nesterov ? tf.add(decayed, tf.mul(buffer, momentum)) : buffer;
        }
        updates[parameter] = tf.sub(weight, tf.mul(direction, scalarsOf(rule).rate));
      }
      return { updates };
    },
  };
}
