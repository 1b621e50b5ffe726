import { join } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { Network } from '../../models/network.js';
import { SafetensorsFile } from '../../models/safetensors/safetensors-file.js';
import { fittingValues, type StoredValue } from '../fitting-values.js';
import type { Method } from '../method.js';
import { endsWithPart, modulePaths } from '../modules-to-save.js';
import { loraMethod } from './lora.js';
import { parameterName } from './peft-format.js';
import { readAdapterConfig } from './read-adapter.js';
import type { LoraSettings } from './settings.js';

/** An adapter in PEFT's format, over a network that it is to be used with. */
export interface Adapter {
  readonly settings: LoraSettings;
  readonly method: Method;
  /** Of everything that the adapter's training trained. */
  readonly values: Readonly<Record<string, Float32Array>>;
}

/** @throws DiagnosticError `bad-adapter`, `bad-target-modules`, `bad-safetensors`, `missing-weights`, `shape-mismatch` */
export function readAdapter(folder: string, network: Network): Adapter {
  const settings = settingsFor(network, readAdapterConfig(folder));
  const method = loraMethod(network, settings);
  return { settings, method, values: readAdapterWeights(folder, network, method) };
}

/** PEFT lists every name that a head may have, `score` beside `classifier`. */
export function settingsFor(network: Pick<Network, 'shapes'>, settings: LoraSettings): LoraSettings {
  const modules = modulePaths(network.shapes);
  const saved = settings.saved.filter((part) => modules.some((module) => endsWithPart(module, part)));
  return { ...settings, saved };
}

function readAdapterWeights(folder: string, network: Network, method: Method): Adapter['values'] {
  const path = join(folder, 'adapter_model.safetensors');
  const file = SafetensorsFile.open(path);
  try {
    const stored = new Map<string, StoredValue>();
    for (const name of file.names) {
      const parameter = parameterName(name);
      if (parameter !== undefined) stored.set(parameter, { source: file, name });
    }
    const values = fittingValues(network, method, stored, path);
    const unknown = [...stored].find(([parameter]) => values[parameter] === undefined);
    if (unknown)
      throw new DiagnosticError('bad-adapter', {
        message: `the adapter holds ${unknown[1].name}, which its configuration does not account for`,
        at: { file: path },
        fix: 'take adapter_config.json and adapter_model.safetensors from the same training',
      });
    return values;
  } finally {
    file.close();
  }
}
