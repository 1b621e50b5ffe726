import type { FinetuningConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { Network } from '../../models/network.js';
import { isDecayed } from '../../models/parameters.js';
import { adafactor } from './adafactor.js';
import { adam } from './adam.js';
import { adamW } from './adamw.js';
import { lion } from './lion.js';
import type { Optimizer } from './optimizer.js';
import { oneGroup, type ParameterRule, type RuleOf } from './parameter-rule.js';
import { sgd } from './sgd.js';

/** The configured optimizer. */
export function createOptimizer(config: FinetuningConfig, network: Network): Optimizer {
  const ruleOf = parameterRules(
    config,
    (parameter) => isDecayed(parameter) && !network.isLayerNorm(parameter),
  );
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
function parameterRules(config: FinetuningConfig, decays: (parameter: string) => boolean): RuleOf {
  const { learning_rate: peak, weight_decay: decay } = config;
  const others = oneGroup(decay, decays);
  const groups = config.param_groups.map((group) => ({
    pattern: new RegExp(group.match),
    rule: (parameter: string): ParameterRule => ({
      // A group's rate follows the same schedule, which is fed as peak × something.
      rateScale: group.learning_rate === undefined ? 1 : group.learning_rate / peak,
      weightDecay: group.weight_decay ?? others(parameter).weightDecay,
    }),
  }));
  return (parameter) =>
    groups.find(({ pattern }) => pattern.test(parameter))?.rule(parameter) ?? others(parameter);
}

/**
 * Does each of `param_groups` match something that trains?
 *
 * @throws DiagnosticError `bad-param-groups`
 */
export function checkGroups(config: FinetuningConfig, trainable: readonly string[]): void {
  config.param_groups.forEach(({ match }, index) => {
    const pattern = new RegExp(match);
    if (trainable.some((name) => pattern.test(name))) return;
    throw new DiagnosticError('bad-param-groups', {
      message: `finetuning.param_groups: nothing that trains matches entry ${index}`,
      found: match,
      expected: `a part of a name such as ${trainable.slice(0, 3).join(', ')}`,
      fix: 'correct match, or take the entry out',
    });
  });
}
