import type { LoraConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { endsWithPart, headModules, lastParts } from '../modules-to-save.js';
import type { LoraModel, LoraSettings } from './settings.js';

/** What PEFT targets in each architecture, unless it is told. */
const USUAL_TARGETS: readonly (readonly string[])[] = [['query', 'value'], ['c_attn']];

/**
 * The configured LoRA. Targets that are not named are those that PEFT has for the architecture; modules to save that are
 * not named are the head of a classifier.
 *
 * @throws DiagnosticError `bad-target-modules` where nothing is named and the architecture has no usual targets
 */
export function loraSettings(config: LoraConfig, network: LoraModel): LoraSettings {
  return {
    rank: config.lora_r,
    alpha: config.lora_alpha,
    dropout: config.lora_dropout,
    targets: config.target_modules ?? usualTargets(network),
    saved: config.modules_to_save ?? headModules(network),
    bias: config.bias,
    rankStabilized: config.use_rslora,
    magnitudes: config.use_dora,
    rankPattern: config.rank_pattern,
    alphaPattern: config.alpha_pattern,
  };
}

function usualTargets({ layers }: LoraModel): readonly string[] {
  const paths = [...layers.keys()];
  const found = USUAL_TARGETS.find((parts) =>
    parts.every((part) => paths.some((path) => endsWithPart(path, part))),
  );
  if (found) return found;
  throw new DiagnosticError('bad-target-modules', {
    message: 'finetuning.target_modules: this architecture has no layers that LoRA usually goes to',
    expected: `last parts of layers' names: ${lastParts(paths).join(', ')}`,
    fix: 'name the layers in target_modules',
  });
}
