import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Network } from '../../models/network.js';
import { openWeights } from '../../models/weights/open-weights.js';
import { fittingValues } from '../fitting-values.js';
import type { Method } from '../method.js';
import { adapterMethod } from './adapter-method.js';
import { ADAPTER_FILE, HEAD_FILE } from './adapterhub-format.js';
import { readAdapterHubConfig } from './read-config.js';
import type { AdapterSettings } from './settings.js';

/**
 * An adapter's method for a network, and the values of all that it trains: its own weights, and what the folder has of
 * the model's.
 *
 * @throws DiagnosticError `bad-adapter`, `file-missing`, `bad-safetensors`, `missing-weights`, `shape-mismatch`
 */
export function readAdapterHub(
  folder: string,
  network: Network,
): {
  readonly settings: AdapterSettings;
  readonly method: Method;
  readonly values: Readonly<Record<string, Float32Array>>;
} {
  const config = readAdapterHubConfig(folder);
  const adapterFile = foundIn(folder, ADAPTER_FILE, 'pytorch_adapter.bin') ?? join(folder, ADAPTER_FILE);
  const headFile = foundIn(folder, HEAD_FILE, 'pytorch_model_head.bin');
  const files = [adapterFile, ...(headFile === undefined ? [] : [headFile])].map(openWeights);
  try {
    const stored = new Map(
      files.flatMap((file) =>
        file.names.map((name) => [currentName(name, network), { source: file, name }] as const),
      ),
    );
    const saved = [...stored.keys()].filter((name) => network.shapes.has(name)).map(moduleOf);
    const settings = { ...config, saved: [...new Set(saved)] };
    const method = adapterMethod(network.shapes, settings);
    const values = fittingValues(network, method, stored, adapterFile);
    return { settings, method, values };
  } finally {
    for (const file of files) file.close();
  }
}

/** The library writes the second of each pair, unless it is asked for safetensors. */
function foundIn(folder: string, ...names: readonly string[]): string | undefined {
  return names.map((name) => join(folder, name)).find(existsSync);
}

/** Before it was a library of its own, it named the modules by the kind of task. */
function currentName(stored: string, network: Network): string {
  return network.names.current(
    stored.replace(/\.(?:attention|layer)_text_(?:task|lang)_adapters\./, '.adapters.'),
  );
}

const moduleOf = (parameter: string): string => parameter.slice(0, parameter.lastIndexOf('.'));
