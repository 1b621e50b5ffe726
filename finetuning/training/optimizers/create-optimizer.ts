import type { FinetuningConfig } from '../../../configs/index.js';
import type { Network } from '../../models/network.js';
import { isDecayed } from '../../models/parameters.js';
import { adamW } from './adamw.js';
import type { Optimizer } from './optimizer.js';

/** The configured optimizer. */
export function createOptimizer(config: FinetuningConfig, network: Network): Optimizer {
  return adamW(
    {
      beta1: config.adam_beta1,
      beta2: config.adam_beta2,
      epsilon: config.adam_epsilon,
      weightDecay: config.weight_decay,
    },
    (parameter) => isDecayed(parameter) && !network.isLayerNorm(parameter),
  );
}
