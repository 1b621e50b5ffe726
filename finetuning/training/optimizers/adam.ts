import { tf, type AdamUpdate } from '../../../compute/index.js';
import { adamMoments, type AdamSettings } from './adam-moments.js';
import type { Optimizer } from './optimizer.js';
import { ruleScalars, type RuleOf } from './parameter-rule.js';

/** torch's Adam: decay is part of the gradient, g + decay·w, and so goes through the moments. */
export function adam(settings: AdamSettings, ruleOf: RuleOf): Optimizer {
  const { update, ...moments } = adamMoments(settings);
  return {
    ...moments,
    update(gradients, scope) {
      const step = update(scope);
      const scalarsOf = ruleScalars(step.scheduledRate);
      const adam: AdamUpdate[] = [...gradients].map(([parameter, gradient]) => {
        const rule = ruleOf(parameter);
        const weight = scope.variables[parameter] as tf.Tensor;
        const decayed = rule.weightDecay > 0 ? tf.add(gradient, tf.mul(weight, rule.weightDecay)) : gradient;
        return step.of(parameter, decayed, scalarsOf(rule).rate);
      });
      return { adam };
    },
  };
}
