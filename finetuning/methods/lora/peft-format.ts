import type { Task } from '../../models/network.js';
import type { SavedFormat } from '../saved-format.js';
import { ALL_LINEAR, type LoraModel, type LoraSettings } from './settings.js';
import { chooseTargets, type LoraTarget } from './targets.js';

const PREFIX = 'base_model.model.';

/** PEFT's name for what a model of each task is; for images it has none. */
const TASK_TYPES: Readonly<Record<Task, string | null>> = {
  'text-classification': 'SEQ_CLS',
  'causal-lm': 'CAUSAL_LM',
  'image-classification': null,
};

/** The bias of a layer that an update was put beside: it is inside of what PEFT wraps. */
const WRAPPED_BIAS = '.base_layer.bias';

/**
 * A parameter's name in PEFT's adapter_model.safetensors. Heads and LoRA weights alike get the prefix.
 *
 * @param targets paths of the layers that have an update
 */
function peftName(parameter: string, targets: ReadonlySet<string>): string {
  const path = parameter.replace(/\.bias$/, '');
  return PREFIX + (targets.has(path) ? path + WRAPPED_BIAS : parameter);
}

/** With `bias: all`, PEFT saves the biases of a module that trains in full three times: so, and as they were before. */
const COPIES = /\.(original_module|modules_to_save)\./;

/** The way back; `undefined` for what is not an adapter's. */
export function parameterName(peft: string): string | undefined {
  return peft.startsWith(PREFIX) && !COPIES.test(peft)
    ? peft.slice(PREFIX.length).replace(WRAPPED_BIAS, '.bias')
    : undefined;
}

/** An adapter, as PEFT writes it. */
export function peftFormat(
  model: LoraModel,
  settings: LoraSettings,
  baseModel: string,
  revision?: string,
): SavedFormat {
  const targets = chooseTargets(model, settings);
  const paths = new Set(targets.map(({ path }) => path));
  return {
    weightsFile: 'adapter_model.safetensors',
    toFile: (parameter) => peftName(parameter, paths),
    fromFile: parameterName,
    companions: {
      'adapter_config.json': adapterConfigJson(settings, targets, model.task, baseModel, revision),
    },
  };
}

/**
 * adapter_config.json: the fields that every version of PEFT knows, and others only where they say something, since older
 * versions refuse what they do not know. Sorted keys, two spaces, as PEFT writes it.
 */
export function adapterConfigJson(
  settings: LoraSettings,
  targets: readonly LoraTarget[],
  task: Task,
  baseModel: string,
  revision?: string,
): string {
  const { rank, alpha, dropout, saved, bias, rankStabilized, magnitudes } = settings;
  const config: Record<string, unknown> = {
    base_model_name_or_path: baseModel,
    bias: bias ?? 'none',
    fan_in_fan_out: targets.some(({ kind }) => kind === 'conv1d'),
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: alpha,
    lora_dropout: dropout,
    modules_to_save: saved.length > 0 ? [...saved] : null,
    peft_type: 'LORA',
    r: rank,
    revision: revision ?? null,
    target_modules: targetModules(settings, targets),
    task_type: TASK_TYPES[task],
    ...(rankStabilized ? { use_rslora: true } : {}),
    ...(magnitudes ? { use_dora: true } : {}),
    ...patternField('rank_pattern', settings.rankPattern),
    ...patternField('alpha_pattern', settings.alphaPattern),
  };
  return `${JSON.stringify(Object.fromEntries(Object.entries(config).sort()), null, 2)}\n`;
}

/** Older versions do not know `all-linear`; so does PEFT itself write the layers' names that it comes to. */
function targetModules({ targets: given }: LoraSettings, targets: readonly LoraTarget[]): string | string[] {
  if (typeof given !== 'string') return [...given];
  return given.toLowerCase() === ALL_LINEAR ? targets.map(({ path }) => path) : given;
}

function patternField(
  key: string,
  patterns: Readonly<Record<string, number>> = {},
): Record<string, Readonly<Record<string, number>>> {
  return Object.keys(patterns).length > 0 ? { [key]: patterns } : {};
}
