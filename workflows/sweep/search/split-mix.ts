const MASK = (1n << 64n) - 1n;
const GAMMA = 0x9e3779b97f4a7c15n;

/**
 * The output at `index` (from 0) of SplitMix64 (Steele, Lea, Flood 2014), as a number in [0, 1) of 53 bits. A generator whose
 * outputs can be had in any order: a trial's draws do not depend on the trials before it.
 */
export function splitMix(seed: number, index: number): number {
  let z = (BigInt(seed) + BigInt(index + 1) * GAMMA) & MASK;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return Number((z ^ (z >> 31n)) >> 11n) / 2 ** 53;
}
