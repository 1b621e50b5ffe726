import { join } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { Network } from '../../models/network.js';
import { adapterMethod } from './adapter-method.js';
import { readAdapterHub } from './read-adapterhub.js';
import type { AdapterSettings } from './settings.js';

/**
 * What an adapter has learned, for a training that goes on from it, under the names that it has there. Where it goes and
 * what it calculates has to be what is configured; dropout may differ, and its own name.
 *
 * @param folder in AdapterHub's format
 * @throws DiagnosticError `adapter-differs`, and those of `readAdapterHub`
 */
export function startingAdapter(
  folder: string,
  network: Network,
  settings: AdapterSettings,
): Readonly<Record<string, Float32Array>> {
  const { settings: theirs, values } = readAdapterHub(folder, network);
  const [own, other] = [settings, { ...theirs, name: settings.name }].map((of) => describe(network, of));
  for (const [keys, expected] of Object.entries(other as Described))
    if (own?.[keys] !== expected)
      throw new DiagnosticError('adapter-differs', {
        message: `the adapter to start from was trained with other settings: ${keys}`,
        at: { file: join(folder, 'adapter_config.json') },
        expected: `${expected}, as the adapter has it`,
        found: own?.[keys] ?? 'nothing',
        fix: `set finetuning.${keys} to the adapter's, or start without one`,
      });
  const [theirPart, ownPart] = [theirs, settings].map(({ name }) => `.adapters.${name}.`) as [string, string];
  return Object.fromEntries(
    Object.entries(values).map(([name, data]) => [name.replace(theirPart, ownPart), data]),
  );
}

/** Of settings that have to agree, what they come to. */
type Described = Readonly<Record<string, string>>;

function describe(network: Network, settings: AdapterSettings): Described {
  const { added, trainable } = adapterMethod(network.shapes, settings);
  return {
    adapter_type: `adapters after ${settings.halves.join(' and ')}, ${settings.normBefore ? 'behind' : 'before'} the sum`,
    non_linearity: settings.nonLinearity,
    reduction_factor: String(settings.reductionFactor),
    modules_to_save: `training of ${trainable.filter((name) => !added.has(name)).join(', ') || 'nothing else'}`,
  };
}
