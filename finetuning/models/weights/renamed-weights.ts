import type { OpenedWeights } from './opened-weights.js';

/** Weights under other names than their file gives them. */
export class RenamedWeights implements OpenedWeights {
  readonly #stored: ReadonlyMap<string, string>;

  constructor(
    private readonly source: OpenedWeights,
    rename: (stored: string) => string,
  ) {
    this.#stored = new Map(source.names.map((name) => [rename(name), name]));
  }

  get file(): string {
    return this.source.file;
  }

  get names(): readonly string[] {
    return [...this.#stored.keys()];
  }

  shape(name: string): readonly number[] {
    return this.source.shape(this.#storedName(name));
  }

  readFloat32(name: string): Float32Array {
    return this.source.readFloat32(this.#storedName(name));
  }

  close(): void {
    this.source.close();
  }

  #storedName(name: string): string {
    const stored = this.#stored.get(name);
    if (stored === undefined) throw new RangeError(`${this.file} has no tensor named ${name}`);
    return stored;
  }
}
