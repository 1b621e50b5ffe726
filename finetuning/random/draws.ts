import { RandomStream } from './stream.js';

/** The numbers 0 … count−1 in random order (Fisher and Yates). */
export function permutation(count: number, seed: number, purpose: string): Int32Array {
  const stream = new RandomStream(seed, purpose);
  const order = Int32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const chosen = stream.below(last + 1);
    const kept = order[last] as number;
    order[last] = order[chosen] as number;
    order[chosen] = kept;
  }
  return order;
}

/** U(−bound, bound). */
export function uniformValues(count: number, bound: number, seed: number, purpose: string): Float32Array {
  const stream = new RandomStream(seed, purpose);
  return Float32Array.from({ length: count }, () => (2 * stream.uniform() - 1) * bound);
}

/** N(0, deviation²). */
export function normalValues(count: number, deviation: number, seed: number, purpose: string): Float32Array {
  const stream = new RandomStream(seed, purpose);
  return Float32Array.from({ length: count }, () => stream.normal() * deviation);
}
