import { createHash } from 'node:crypto';
import { philox4x32, type Words4 } from './philox.js';

/** A sequence of random 32-bit words that is a pure function of a seed and a purpose. Two purposes share no numbers. */
export class RandomStream {
  readonly #key: readonly [number, number];
  readonly #purpose: readonly [number, number];
  #block = 0;
  #words: Words4 = [0, 0, 0, 0];
  #used = 4;

  /** @param purpose such as `order/epoch 3` or the name of a weight */
  constructor(seed: number, purpose: string) {
    const digest = createHash('sha256').update(purpose, 'utf8').digest();
    this.#key = [seed >>> 0, digest.readUInt32LE(0)];
    this.#purpose = [digest.readUInt32LE(4), digest.readUInt32LE(8)];
  }

  word(): number {
    if (this.#used === 4) {
      const [p0, p1] = this.#purpose;
      this.#words = philox4x32([this.#block % 2 ** 32, Math.floor(this.#block / 2 ** 32), p0, p1], this.#key);
      this.#block++;
      this.#used = 0;
    }
    return this.#words[this.#used++] as number;
  }

  /** In [0, 1), 32 bits fine. */
  uniform(): number {
    return this.word() / 2 ** 32;
  }

  /** An integer in [0, bound), without bias: words past the last whole multiple of `bound` are drawn again. */
  below(bound: number): number {
    const limit = Math.floor(2 ** 32 / bound) * bound;
    for (;;) {
      const word = this.word();
      if (word < limit) return word % bound;
    }
  }

  /** N(0, 1), by Box and Muller. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }
}
