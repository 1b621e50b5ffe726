import type { AdapterConfig, FinetuningConfig, LoraConfig } from '../../configs/index.js';
import type { Network } from '../models/network.js';
import { adapterMethod } from './adapter/adapter-method.js';
import { adapterHubFormat } from './adapter/adapterhub-format.js';
import { adapterTypes, type AdapterSettings } from './adapter/settings.js';
import { fullMethod } from './full.js';
import { loraMethod, type LoraSettings } from './lora.js';
import type { Method } from './method.js';
import { fullFormat, peftFormat, type SavedFormat } from './saved-format.js';

function loraSettings(config: LoraConfig): LoraSettings {
  return {
    rank: config.lora_r,
    alpha: config.lora_alpha,
    dropout: config.lora_dropout,
    targets: config.target_modules,
    saved: config.modules_to_save,
  };
}

function adapterSettings(config: AdapterConfig): AdapterSettings {
  const type = adapterTypes[config.adapter_type];
  return {
    ...type,
    name: 'reprise',
    nonLinearity: config.non_linearity ?? type.nonLinearity,
    reductionFactor: config.reduction_factor,
    dropout: config.adapter_dropout,
    saved: config.modules_to_save,
  };
}

/** The configured method, and the files its result is kept in. */
export function createMethod(
  config: FinetuningConfig,
  network: Network,
): { readonly method: Method; readonly format: SavedFormat } {
  if (config.method === 'full') return { method: fullMethod(network.shapes), format: fullFormat };
  if (config.method === 'adapter') {
    const settings = adapterSettings(config);
    const base = { name: config.model_name, revision: config.model_revision };
    return {
      method: adapterMethod(network.shapes, settings),
      format: adapterHubFormat(settings, base, network),
    };
  }
  const settings = loraSettings(config);
  return {
    method: loraMethod(network.shapes, settings),
    format: peftFormat(settings, config.model_name, config.model_revision),
  };
}
