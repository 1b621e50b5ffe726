/**
 * xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2018), seeded through SplitMix32: the same
 * seed draws the same resamples on every host.
 */
export class Random {
  readonly #state: Uint32Array;

  constructor(seed: number) {
    let at = seed >>> 0;
    this.#state = Uint32Array.from({ length: 4 }, () => {
      at = (at + 0x9e3779b9) >>> 0;
      let mixed = Math.imul(at ^ (at >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      return (mixed ^ (mixed >>> 15)) >>> 0;
    });
  }

  /** 32 bits. */
  next(): number {
    const s = this.#state as unknown as [number, number, number, number];
    const result = Math.imul(rotate(Math.imul(s[1], 5), 7), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate(s[3], 11);
    return result;
  }

  /**
   * 0 ≤ result < `limit`, each equally likely: the upper half of a product, drawn again where it would favour some (Lemire,
   * "Fast random integer generation in an interval", 2019). Products are exact up to a limit of 2²¹.
   */
  below(limit: number): number {
    const excess = TWO_32 % limit;
    for (;;) {
      const product = this.next() * limit;
      const result = Math.floor(product / TWO_32);
      if (product - result * TWO_32 >= excess) return result;
    }
  }
}

const TWO_32 = 2 ** 32;

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}
