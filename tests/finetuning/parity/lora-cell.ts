import { settingsFor } from '../../../finetuning/methods/lora/adapter-folder.js';
import { loraMethod } from '../../../finetuning/methods/lora/lora.js';
import { readAdapterConfig } from '../../../finetuning/methods/lora/read-adapter.js';
import type { Cell } from './rig.js';

/** `base_model.model.x.query.lora_A.default.weight`, as a live PEFT model calls it → `x.query.lora_A.weight`. */
export function ownPeftName(stored: string): string {
  return stored
    .replace(/^base_model\.model\./, '')
    .replace('.modules_to_save.default.', '.')
    .replace('.base_layer.', '.')
    .replace(/\.(lora_[AB])\.default\./, '.$1.')
    .replace(/\.lora_magnitude_vector\.default\.weight$/, '.lora_magnitude_vector');
}

/** LoRA with the options that PEFT wrote into the fixture's folder of this name. */
export function loraCell(model: Omit<Cell, 'method' | 'makeMethod' | 'ownName'>, name: string): Cell {
  return {
    ...model,
    method: name,
    makeMethod: (network) =>
      loraMethod(
        network,
        settingsFor(network, readAdapterConfig(`tests/finetuning/fixtures/${model.folder}/${name}`)),
      ),
    ownName: ownPeftName,
  };
}
