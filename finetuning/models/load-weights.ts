import { DiagnosticError } from '../../diagnostics/index.js';
import type { Nf4 } from '../methods/nf4/quantize.js';
import type { Network } from './network.js';

export interface LoadedWeights {
  /**
   * Parameters and buffers, in the network's order. Each is read from the file, or made anew, when it is asked for, and not
   * kept: what is made of them one by one need not have room for all.
   */
  readonly values: WeightValues;
  /** Parameters that the file lacks and that were made anew: the head, and the pooler if need be. */
  readonly created: readonly string[];
  /** Tensors of the file that the model has no use for. */
  readonly unused: readonly string[];
  /** No value can be read after it. */
  close(): void;
}

/** Tensors by name, in whatever file they lie. */
export interface WeightSource {
  readonly file: string;
  readonly names: readonly string[];
  shape(name: string): readonly number[];
  readFloat32(name: string): Float32Array;
  /** The same in NF4, in the order [out, in]; `undefined` where the file has numbers. */
  readNf4?(name: string): Nf4 | undefined;
}

/** How one value is come by. */
interface Reader {
  read(): Float32Array;
  /** Where the file has it in NF4. */
  readNf4?(): Nf4 | undefined;
}

export class WeightValues implements Iterable<[string, Float32Array]> {
  readonly #readers: ReadonlyMap<string, Reader>;

  constructor(readers: ReadonlyMap<string, Reader>) {
    this.#readers = readers;
  }

  get names(): readonly string[] {
    return [...this.#readers.keys()];
  }

  get(name: string): Float32Array | undefined {
    return this.#readers.get(name)?.read();
  }

  /** The bytes of a weight that is kept in NF4; `undefined` where the file has numbers. */
  nf4(name: string): Nf4 | undefined {
    return this.#readers.get(name)?.readNf4?.();
  }

  *[Symbol.iterator](): Generator<[string, Float32Array]> {
    for (const [name, { read }] of this.#readers) yield [name, read()];
  }
}

/**
 * Finds every parameter and buffer of the model. The same seed always makes the same new head.
 *
 * @throws DiagnosticError `missing-weights`, `shape-mismatch`
 */
export function loadWeights(
  source: WeightSource,
  network: Pick<Network, 'shapes' | 'buffers' | 'names'>,
  seed: number,
): Omit<LoadedWeights, 'close'> {
  const { names } = network;
  const wanted = new Map([...network.shapes, ...network.buffers]);
  const stored = new Map(source.names.map((name) => [names.current(name), name]));
  const readers = new Map<string, Reader>();
  const created: string[] = [];
  const missing: string[] = [];
  for (const [name, shape] of wanted) {
    const found = stored.get(name);
    const fits = found !== undefined && String(source.shape(found)) === String(shape);
    if (found !== undefined && fits)
      readers.set(name, { read: () => source.readFloat32(found), readNf4: () => source.readNf4?.(found) });
    else if (names.mayBeNew(name) && (found === undefined || names.isHead(name))) {
      const count = shape.reduce((product, dimension) => product * dimension, 1);
      readers.set(name, { read: () => names.initial(name, count, seed) });
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
  return { values: new WeightValues(readers), created, unused };
}

/** By name, as many as a person can read. */
const SHOWN = 40;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(', ');
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}
