/** xorshift32: any stream does, as long as it is the same from run to run. */
let state = 42;

/** In [0, 1). */
export function uniform(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
}

const BLOCK = 1 << 20;
let block: Float32Array | undefined;

/**
 * Values of mean 0, one block of them over and over: drawing each of a hundred million anew takes longer than what is measured.
 *
 * @param deviation their standard deviation
 */
export function noise(size: number, deviation: number): Float32Array {
  block ??= Float32Array.from({ length: BLOCK }, () => (uniform() - 0.5) * Math.sqrt(12));
  const values = new Float32Array(size);
  for (let start = 0; start < size; start += BLOCK)
    values.set(block.subarray(0, Math.min(BLOCK, size - start)), start);
  for (let at = 0; at < size; at++) values[at] = (values[at] as number) * deviation;
  return values;
}
