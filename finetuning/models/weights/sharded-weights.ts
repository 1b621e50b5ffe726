import type { OpenedWeights } from './opened-weights.js';
import { readWeightIndex } from './weight-files.js';

/** Weights that lie in several files. Each is opened when the first of its tensors is asked for. */
export class ShardedWeights implements OpenedWeights {
  readonly #shardOf: ReadonlyMap<string, string>;
  readonly #opened = new Map<string, OpenedWeights>();

  constructor(
    /** The index. */
    readonly file: string,
    private readonly open: (shard: string) => OpenedWeights,
  ) {
    this.#shardOf = readWeightIndex(file);
  }

  get names(): readonly string[] {
    return [...this.#shardOf.keys()];
  }

  shape(name: string): readonly number[] {
    return this.#shard(name).shape(name);
  }

  readFloat32(name: string): Float32Array {
    return this.#shard(name).readFloat32(name);
  }

  close(): void {
    for (const shard of this.#opened.values()) shard.close();
    this.#opened.clear();
  }

  #shard(tensor: string): OpenedWeights {
    const name = this.#shardOf.get(tensor);
    if (name === undefined) throw new RangeError(`${this.file} has no tensor named ${tensor}`);
    let shard = this.#opened.get(name);
    if (!shard) {
      shard = this.open(name);
      this.#opened.set(name, shard);
    }
    return shard;
  }
}
