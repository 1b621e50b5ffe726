import type { FinetuningConfig } from '../../configs/index.js';
import type { Network } from '../models/network.js';
import { adapterSettings } from './adapter/configured.js';
import { startingAdapter } from './adapter/start-from.js';
import { checkLabels, startingPoint as startingLora } from './lora/start-from.js';

/** The values of an adapter that a training goes on from; of others nothing. @throws DiagnosticError `adapter-differs`, `labels-differ` */
export function startingPoint(
  config: FinetuningConfig,
  network: Network,
  folder: string | undefined,
): Readonly<Record<string, Float32Array>> {
  if (config.method !== 'adapter' || folder === undefined) return startingLora(config, network, folder);
  checkLabels(folder, network.labels);
  return startingAdapter(folder, network, adapterSettings(config, network));
}
