import type { AdapterConfig } from '../../../configs/index.js';
import type { Network } from '../../models/network.js';
import { headModules } from '../modules-to-save.js';
import { adapterTypes, type AdapterSettings } from './settings.js';

/** The configured adapter. Modules to save that are not named are the head of a classifier. */
export function adapterSettings(config: AdapterConfig, network: Network): AdapterSettings {
  const type = adapterTypes[config.adapter_type];
  return {
    ...type,
    name: 'reprise',
    nonLinearity: config.non_linearity ?? type.nonLinearity,
    reductionFactor: config.reduction_factor,
    dropout: config.adapter_dropout,
    saved: config.modules_to_save ?? headModules(network),
  };
}
