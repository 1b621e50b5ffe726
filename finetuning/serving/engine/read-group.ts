import type { TensorData } from '../../../compute/index.js';
import type { Method } from '../../methods/method.js';
import { modelVariables } from '../../models/inference-program.js';
import type { Network } from '../../models/network.js';
import { readParameters } from '../../models/open-classifier.js';
import { readNetwork } from '../../models/read-network.js';
import type { ModelSource } from '../types.js';
import type { Scope } from './scoped-variables.js';

/** One model of a program that several share. */
export interface Member {
  readonly source: ModelSource;
  readonly network: Network;
  readonly method: Method;
  readonly scope: Scope;
  /** Under the model's own names: everything that its passes read. */
  readonly variables: ReturnType<typeof modelVariables>;
}

export interface Group {
  readonly members: readonly Member[];
  /** By the names in the program. What members share is there once. */
  readonly values: Readonly<Record<string, TensorData>>;
}

/**
 * Reads models that lie over one base: its weights are held once, whatever number of adapters lie over it.
 *
 * @throws DiagnosticError of bad model folders
 */
export function readGroup(sources: readonly ModelSource[]): Group {
  const values: Record<string, TensorData> = {};
  const members = sources.map((source, index): Member => {
    const network = readNetwork(source.baseModelDir, source.labels, { problem: source.problem });
    const { method, values: all, trained } = readParameters(network, { ...source, seed: 0 });
    const own = trained ? new Set(trained) : undefined;
    const scope: Scope = (name) => (!own || own.has(name) ? `${index}:${name}` : name);
    // Of a later member only what is its own is kept: the rest is let go of before the next one is read.
    for (const [name, value] of Object.entries(all)) values[scope(name)] ??= value;
    return { source, network, method, scope, variables: modelVariables(network, method) };
  });
  return { members, values };
}

/** Models that can share a program: adapters over the same base in the same form. Any other is alone. */
export function groupsOf(
  sources: readonly ModelSource[],
  isOverNf4: (adapter: string) => boolean,
  isAdapter: (folder: string) => boolean,
): ModelSource[][] {
  const groups = new Map<string, ModelSource[]>();
  for (const [index, source] of sources.entries()) {
    const { adapterDir, baseModelDir } = source;
    const shares = adapterDir !== undefined && isAdapter(adapterDir);
    const key = shares ? `${isOverNf4(adapterDir) ? 'nf4' : 'float'}:${baseModelDir}` : `alone:${index}`;
    groups.set(key, [...(groups.get(key) ?? []), source]);
  }
  return [...groups.values()];
}
