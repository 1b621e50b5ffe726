import { DiagnosticError } from '../../diagnostics/index.js';
import type { Network } from './network.js';

export interface LoadedWeights {
  /** Parameters and buffers. */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Parameters that the file lacks and that were made anew: the head, and the pooler if need be. */
  readonly created: readonly string[];
  /** Tensors of the file that the model has no use for. */
  readonly unused: readonly string[];
}

/** Tensors by name, in whatever file they lie. */
export interface WeightSource {
  readonly file: string;
  readonly names: readonly string[];
  shape(name: string): readonly number[];
  readFloat32(name: string): Float32Array;
}

/**
 * Reads every parameter and buffer of the model. The same seed always makes the same new head.
 *
 * @throws DiagnosticError `missing-weights`, `shape-mismatch`
 */
export function loadWeights(
  source: WeightSource,
  network: Pick<Network, 'shapes' | 'buffers' | 'names'>,
  seed: number,
): LoadedWeights {
  const { names } = network;
  const wanted = new Map([...network.shapes, ...network.buffers]);
  const stored = new Map(source.names.map((name) => [names.current(name), name]));
  const values = new Map<string, Float32Array>();
  const created: string[] = [];
  const missing: string[] = [];
  for (const [name, shape] of wanted) {
    const found = stored.get(name);
    const fits = found !== undefined && String(source.shape(found)) === String(shape);
    if (found !== undefined && fits) values.set(name, source.readFloat32(found));
    else if (names.mayBeNew(name) && (found === undefined || names.isHead(name))) {
      const count = shape.reduce((product, dimension) => product * dimension, 1);
      values.set(name, names.initial(name, count, seed));
      created.push(name);
    } else if (found === undefined) missing.push(name);
    else
      throw new DiagnosticError('shape-mismatch', {
        message: `${found} does not fit the model that config.json describes`,
        at: { file: source.file },
        expected: `[${shape.join(', ')}]`,
        found: `[${source.shape(found).join(', ')}]`,
        fix: 'take config.json and the weights from the same model',
      });
  }
  const unused = [...stored]
    .filter(([name]) => !wanted.has(name) && !names.isLeftover(name))
    .map(([, name]) => name);
  if (missing.length > 0)
    throw new DiagnosticError('missing-weights', {
      message: `${missing.length} of the model's ${wanted.size} weights are not in the file`,
      at: { file: source.file },
      expected: listed(missing),
      found: unused.length > 0 ? `in their place: ${listed(unused)}` : 'no others in their place',
      fix: 'take config.json and the weights from the same model',
    });
  return { values, created, unused };
}

/** By name, as many as a person can read. */
const SHOWN = 40;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(', ');
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}
