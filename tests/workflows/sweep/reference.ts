/** What a sweep is compared with: the same algorithms, written apart from ours and in another way. */

/** SplitMix64 as its authors publish it: a state that advances; the n-th number is had by drawing n. */
export class SplitMix64 {
  #state: bigint;

  constructor(seed: number) {
    this.#state = BigInt(seed);
  }

  next(): bigint {
    this.#state = BigInt.asUintN(64, this.#state + 0x9e3779b97f4a7c15n);
    let z = this.#state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  }

  /** In [0, 1). */
  uniform(): number {
    return Number(this.next() >> 11n) * 2 ** -53;
  }
}

/** One after the other, as one worker would: [number, rung] of each evaluation, in the order in which they are begun. */
export function successiveHalving(
  configs: number,
  rungs: number,
  eta: number,
  score: (number: number, rung: number) => number,
): [number, number][] {
  const begun: [number, number][] = [];
  const at: Map<number, number>[] = Array.from({ length: rungs }, () => new Map());
  let fresh = 1;
  for (;;) {
    let job: [number, number] | undefined;
    for (let rung = rungs - 2; rung >= 0 && !job; rung--) {
      const here = at[rung] as Map<number, number>;
      const threshold = [...here.values()].sort((a, b) => b - a)[Math.floor(here.size / eta) - 1];
      if (threshold === undefined) continue;
      const candidates = [...here]
        .filter(([number, value]) => value >= threshold && !at[rung + 1]?.has(number))
        .sort((a, b) => b[1] - a[1]);
      if (candidates[0]) job = [candidates[0][0], rung + 1];
    }
    job ??= fresh <= configs ? [fresh++, 0] : undefined;
    if (!job) return begun;
    begun.push(job);
    const [number, rung] = job;
    at[rung]?.set(number, score(number, rung));
  }
}
