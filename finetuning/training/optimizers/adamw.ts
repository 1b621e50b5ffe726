import type { AdamUpdate } from '../../../compute/index.js';
import { adamMoments, type AdamSettings } from './adam-moments.js';
import type { Optimizer } from './optimizer.js';
import { ruleScalars, type RuleOf } from './parameter-rule.js';

/** torch's AdamW: decay decoupled from the gradient, the weight is scaled by 1 − lr·decay first. */
export function adamW(settings: AdamSettings, ruleOf: RuleOf): Optimizer {
  const { update, ...moments } = adamMoments(settings);
  return {
    ...moments,
    update(gradients, scope) {
      const step = update(scope);
      const scalarsOf = ruleScalars(step.scheduledRate);
      const adam: AdamUpdate[] = [...gradients].map(([parameter, gradient]) => {
        const { rate, kept } = scalarsOf(ruleOf(parameter));
        return { ...step.of(parameter, gradient, rate), ...(kept ? { scale: kept } : undefined) };
      });
      return { adam };
    },
  };
}
