import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FinetuningConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { Network } from '../../models/network.js';
import { readAdapter } from './adapter-folder.js';
import { loraSettings } from './configured.js';
import { loraMethod } from './lora.js';
import type { LoraSettings } from './settings.js';
import { chooseTargets } from './targets.js';

/** Of a training that goes on from an adapter; of others nothing. @throws DiagnosticError as `startingValues` */
export function startingPoint(
  config: FinetuningConfig,
  network: Network,
  folder: string | undefined,
): Readonly<Record<string, Float32Array>> {
  return folder !== undefined && 'lora_r' in config
    ? startingValues(folder, network, loraSettings(config, network))
    : {};
}

/**
 * What an adapter has learned, for a training that goes on from it. What it is scaled by and what it goes beside has to be
 * what is configured; dropout may differ.
 *
 * @param folder in PEFT's format
 * @throws DiagnosticError `adapter-differs`, `labels-differ`, and those of `readAdapter`
 */
function startingValues(
  folder: string,
  network: Network,
  settings: LoraSettings,
): Readonly<Record<string, Float32Array>> {
  checkLabels(folder, network.labels);
  const { settings: theirs, values } = readAdapter(folder, network);
  const refuse = (keys: string, expected: string, found: string): never => {
    throw new DiagnosticError('adapter-differs', {
      message: `the adapter to start from was trained with other settings: ${keys}`,
      at: { file: join(folder, 'adapter_config.json') },
      expected: `${expected}, as the adapter has it`,
      found,
      fix: `set finetuning.${keys} to the adapter's, or start without one`,
    });
  };
  const [own, other] = [settings, theirs].map((of) => describe(network, of)) as [Described, Described];
  for (const keys of Object.keys(own) as (keyof Described)[])
    if (own[keys] !== other[keys]) refuse(keys, other[keys], own[keys]);
  return values;
}

/** Of settings that have to agree, what they come to. */
type Described = Readonly<
  Record<
    'target_modules' | 'lora_r' | 'lora_alpha and use_rslora' | 'use_dora' | 'modules_to_save and bias',
    string
  >
>;

function describe(network: Network, settings: LoraSettings): Described {
  const targets = chooseTargets(network, settings);
  const { added, trainable } = loraMethod(network, settings);
  const numbers = (of: readonly number[]): string => [...new Set(of)].sort((a, b) => a - b).join(', ');
  const byLayer = (of: readonly number[]): string =>
    new Set(of).size > 1 ? `${numbers(of)} (${of.join(', ')} by layer)` : numbers(of);
  return {
    target_modules: targets.map(({ path }) => path).join(', '),
    lora_r: byLayer(targets.map(({ rank }) => rank)),
    'lora_alpha and use_rslora': `a scale of ${byLayer(targets.map(({ scale }) => scale))}`,
    use_dora: String(settings.magnitudes ?? false),
    'modules_to_save and bias': `training of ${trainable.filter((name) => !added.has(name)).join(', ') || 'nothing else'}`,
  };
}

/** A head's rows are the labels in order. PEFT's own folders do not say which they are. */
export function checkLabels(folder: string, labels: readonly string[]): void {
  const file = join(folder, 'labels.json');
  if (!existsSync(file)) return;
  const theirs = JSON.parse(readFileSync(file, 'utf8')) as unknown;
  if (JSON.stringify(theirs) === JSON.stringify(labels)) return;
  throw new DiagnosticError('labels-differ', {
    message: 'the adapter to start from was trained for other labels than the training rows have',
    at: { file },
    expected: labels.join(', '),
    found: String(theirs),
    fix: 'train it on rows of the same labels, or start without an adapter',
  });
}
