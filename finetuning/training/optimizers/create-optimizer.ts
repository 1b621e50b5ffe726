import type { FinetuningConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { adafactor } from './adafactor.js';
import { adam } from './adam.js';
import { adamW } from './adamw.js';
import { lion } from './lion.js';
import type { Optimizer } from './optimizer.js';
import { oneGroup, type ParameterRule, type RuleOf } from './parameter-rule.js';
import { sgd } from './sgd.js';

/**
 * The configured optimizer.
 *
 * @param trainable names of the parameters it will be given
 * @param isDecayed by name
 * @throws DiagnosticError `bad-param-groups`
 */
export function createOptimizer(
  config: FinetuningConfig,
  trainable: readonly string[],
  isDecayed: (parameter: string) => boolean,
): Optimizer {
  const ruleOf = parameterRules(config, trainable, isDecayed);
  switch (config.optim) {
    case 'adamw_torch':
    case 'adam': {
      const settings = {
        beta1: config.adam_beta1,
        beta2: config.adam_beta2,
        epsilon: config.adam_epsilon,
      };
      return config.optim === 'adam' ? adam(settings, ruleOf) : adamW(settings, ruleOf);
    }
    case 'sgd':
      return sgd({ momentum: config.sgd_momentum, nesterov: config.sgd_nesterov }, ruleOf);
    case 'adafactor':
      return adafactor(
        {
          eps: config.adafactor_eps,
          clipThreshold: config.adafactor_clip_threshold,
          decayRate: config.adafactor_decay_rate,
          beta1: config.adafactor_beta1,
          scaleParameter: config.adafactor_scale_parameter,
        },
        ruleOf,
      );
    case 'lion':
      return lion({ beta1: config.lion_beta1, beta2: config.lion_beta2 }, ruleOf);
  }
}

/** `param_groups`, of which the first that matches a parameter's name has it; the rest as one group. */
function parameterRules(
  config: FinetuningConfig,
  trainable: readonly string[],
  isDecayed: (parameter: string) => boolean,
): RuleOf {
  const { learning_rate: peak, weight_decay: decay } = config;
  const others = oneGroup(decay, isDecayed);
  const groups = config.param_groups.map((group, index) => {
    const pattern = new RegExp(group.match);
    if (!trainable.some((name) => pattern.test(name)))
      throw new DiagnosticError('bad-param-groups', {
        message: `finetuning.param_groups: nothing that trains matches entry ${index}`,
        found: group.match,
        expected: `a part of a name such as ${trainable.slice(0, 3).join(', ')}`,
        fix: 'correct match, or take the entry out',
      });
    if (group.learning_rate !== undefined && peak === 0)
      throw new DiagnosticError('bad-param-groups', {
        message: `finetuning.param_groups: entry ${index} has a learning rate, but learning_rate itself is 0`,
        expected: 'a learning_rate above 0, whose schedule the entry shares',
        fix: 'set learning_rate, or freeze the rest by another method',
      });
    const rule = (parameter: string): ParameterRule => ({
      // A group's rate follows the same schedule, which is fed as peak × something.
      rateScale: group.learning_rate === undefined ? 1 : group.learning_rate / peak,
      weightDecay: group.weight_decay ?? others(parameter).weightDecay,
    });
    return { pattern, rule };
  });
  return (parameter) =>
    groups.find(({ pattern }) => pattern.test(parameter))?.rule(parameter) ?? others(parameter);
}
