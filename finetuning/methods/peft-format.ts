import type { LoraSettings } from './lora.js';

const PREFIX = 'base_model.model.';

/** A parameter's name in PEFT's adapter_model.safetensors. Heads and LoRA weights alike get the prefix. */
export function peftName(parameter: string): string {
  return PREFIX + parameter;
}

/** The way back; `undefined` for what is not an adapter's. */
export function parameterName(peft: string): string | undefined {
  return peft.startsWith(PREFIX) ? peft.slice(PREFIX.length) : undefined;
}

/**
 * adapter_config.json: the fields that every version of PEFT knows and no others, since older ones refuse what they do
 * not know. Sorted keys, two spaces, as PEFT writes it.
 */
export function adapterConfigJson(settings: LoraSettings, baseModel: string, revision?: string): string {
  const config: Record<string, unknown> = {
    base_model_name_or_path: baseModel,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: settings.alpha,
    lora_dropout: settings.dropout,
    modules_to_save: [...settings.saved],
    peft_type: 'LORA',
    r: settings.rank,
    revision: revision ?? null,
    target_modules: [...settings.targets],
    task_type: 'SEQ_CLS',
  };
  return `${JSON.stringify(config, Object.keys(config).sort(), 2)}\n`;
}
