const WORDS = 4;
/** No value may be this. */
const EMPTY = -0x80000000;

/**
 * Digests of 16 bytes → a whole number of 32 bits, in typed arrays: 20 bytes a slot where a `Map` of strings takes some
 * hundred bytes an entry. What is a good hash already is its own place in the table.
 */
export class DigestTable {
  #keys = new Uint32Array(1024 * WORDS);
  #values = new Int32Array(1024).fill(EMPTY);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @param digest at least 16 bytes, of which the first 16 count */
  get(digest: Buffer): number | undefined {
    const value = this.#values[this.#slot(digest)] as number;
    return value === EMPTY ? undefined : value;
  }

  set(digest: Buffer, value: number): void {
    const slot = this.#slot(digest);
    if (this.#values[slot] === EMPTY) {
      if (this.#size * 10 >= this.#values.length * 7) {
        this.#grow();
        return this.set(digest, value);
      }
      for (let word = 0; word < WORDS; word++)
        this.#keys[slot * WORDS + word] = digest.readUInt32LE(word * 4);
      this.#size++;
    }
    this.#values[slot] = value;
  }

  /** Where the digest is, or would be put. */
  #slot(digest: Buffer): number {
    const [a, b] = [digest.readUInt32LE(0), digest.readUInt32LE(4)];
    const [c, d] = [digest.readUInt32LE(8), digest.readUInt32LE(12)];
    const mask = this.#values.length - 1;
    for (let slot = a & mask; ; slot = (slot + 1) & mask) {
      const at = slot * WORDS;
      if (this.#values[slot] === EMPTY) return slot;
      if (
        this.#keys[at] === a &&
        this.#keys[at + 1] === b &&
        this.#keys[at + 2] === c &&
        this.#keys[at + 3] === d
      )
        return slot;
    }
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Uint32Array(keys.length * 2);
    this.#values = new Int32Array(values.length * 2).fill(EMPTY);
    const mask = this.#values.length - 1;
    for (let from = 0; from < values.length; from++) {
      if (values[from] === EMPTY) continue;
      let to = (keys[from * WORDS] as number) & mask;
      while (this.#values[to] !== EMPTY) to = (to + 1) & mask;
      this.#values[to] = values[from] as number;
      for (let word = 0; word < WORDS; word++)
        this.#keys[to * WORDS + word] = keys[from * WORDS + word] as number;
    }
  }
}
