import type { FinetuningConfig } from '../../configs/index.js';
import type { Network } from '../models/network.js';
import { adapterMethod } from './adapter/adapter-method.js';
import { adapterHubFormat } from './adapter/adapterhub-format.js';
import { adapterSettings } from './adapter/configured.js';
import { frozenInBfloat16 } from './bfloat16/frozen-in-bfloat16.js';
import { fullMethod } from './full.js';
import { loraSettings } from './lora/configured.js';
import { checkTargetSettings } from './lora/check-targets.js';
import { loraMethod } from './lora/lora.js';
import { peftFormat } from './lora/peft-format.js';
import type { Method } from './method.js';
import { nf4QuantizationConfig } from './nf4/quantization-config.js';
import { qloraMethod } from './qlora.js';
import { fullFormat, type SavedFormat } from './saved-format.js';

interface CreatedMethod {
  readonly method: Method;
  readonly format: SavedFormat;
}

/** The configured method, and the files its result is kept in. */
export function createMethod(config: FinetuningConfig, network: Network): CreatedMethod {
  const { method, format } = inFloat32(config, network);
  const keepsNarrow = config.bf16 && config.method !== 'full';
  return { method: keepsNarrow ? frozenInBfloat16(network, method) : method, format };
}

function inFloat32(config: FinetuningConfig, network: Network): CreatedMethod {
  if (config.method === 'full') return { method: fullMethod(network.shapes), format: fullFormat };
  if (config.method === 'adapter') {
    const settings = adapterSettings(config, network);
    const base = { name: config.model_name, revision: config.model_revision };
    return {
      method: adapterMethod(network.shapes, settings),
      format: adapterHubFormat(settings, base, network),
    };
  }
  const settings = loraSettings(config, network);
  checkTargetSettings(network, settings);
  const lora = {
    method: loraMethod(network, settings),
    format: peftFormat(network, settings, config.model_name, config.model_revision),
  };
  return config.method === 'qlora' ? overNf4(network, lora) : lora;
}

/** The same adapter over a base in four bits, which the folder's config.json tells. */
function overNf4(network: Network, { method, format }: CreatedMethod): CreatedMethod {
  return {
    method: qloraMethod(network, method),
    format: { ...format, config: { quantization_config: nf4QuantizationConfig } },
  };
}
