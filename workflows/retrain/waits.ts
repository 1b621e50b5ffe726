/**
 * How long to wait before each look at whether another workflow has ended, in seconds. A look is some ten events, and the server ends a
 * run with 51,200: what takes days is looked at less and less often. At most a tenth of the time that has gone by is waited in vain.
 *
 * @param first the first wait
 * @param most the longest
 */
export function* waits(first: number, most: number): Generator<number, never> {
  for (let wait = first; ; wait = Math.min(most, wait * GROWTH)) yield wait;
}

const GROWTH = 1.1;
