import type { FinetuningConfig } from '../../configs/index.js';
import type { Network } from '../models/network.js';
import { fullMethod } from './full.js';
import { loraSettings } from './lora/configured.js';
import { loraMethod } from './lora/lora.js';
import { peftFormat } from './lora/peft-format.js';
import type { Method } from './method.js';
import { fullFormat, type SavedFormat } from './saved-format.js';

/** The configured method, and the files its result is kept in. */
export function createMethod(
  config: FinetuningConfig,
  network: Network,
): { readonly method: Method; readonly format: SavedFormat } {
  if (config.method === 'full') return { method: fullMethod(network.shapes), format: fullFormat };
  const settings = loraSettings(config, network);
  return {
    method: loraMethod(network, settings),
    format: peftFormat(network, settings, config.model_name, config.model_revision),
  };
}
