/** Values that torch's kernel adds up side by side: eight lanes of a vector, in four vectors at once. */
const LANES = 8;
const VECTORS = 4;
const LEVELS = 4;

/**
 * The mean of float32 values, rounded at each step in the order in which torch's sum rounds on one thread
 * (aten/src/ATen/native/cpu/SumKernel.cpp): where bitsandbytes' statistics are to come out to the last bit, so must their
 * mean. (On several threads torch cuts 32,768 values or more into one part for each, and may differ in the last bit.)
 */
export function torchMean(values: Float32Array): number {
  const lanes = values.length < LANES ? 1 : LANES;
  const vectors = Math.floor(values.length / lanes);
  const sums = rowSums(values, vectors, lanes);
  let total = 0;
  for (let index = vectors * lanes; index < values.length; index++)
    total = Math.fround(total + (values[index] as number));
  for (let lane = 0; lane < lanes; lane++) total = Math.fround(total + (sums[lane] as number));
  return Math.fround(total / values.length);
}

/** The sum of each lane. */
function rowSums(values: Float32Array, vectors: number, lanes: number): Float32Array {
  const rows = Math.floor(vectors / VECTORS);
  const width = VECTORS * lanes;
  const levels = cascade(values, rows, width);
  const sums = levels.subarray(0, width);
  for (let level = 1; level < LEVELS; level++) addInto(sums, levels.subarray(level * width), width);
  for (let vector = rows * VECTORS; vector < vectors; vector++)
    addInto(sums, values.subarray(vector * lanes), lanes);
  for (let vector = 1; vector < VECTORS; vector++) addInto(sums, sums.subarray(vector * lanes), lanes);
  return sums;
}

/** Sums of sums, so that small values are not lost in large ones: [LEVELS, width], not yet added up. */
function cascade(values: Float32Array, rows: number, width: number): Float32Array {
  const sums = new Float32Array(LEVELS * width);
  const power = Math.max(4, Math.floor(Math.ceil(Math.log2(Math.max(1, rows))) / LEVELS));
  const step = 2 ** power;
  const level = (index: number): Float32Array => sums.subarray(index * width, (index + 1) * width);
  let row = 0;
  while (row < rows) {
    addInto(sums, values.subarray(row * width), width);
    row++;
    if (row % step !== 0) continue;
    for (let index = 1; index < LEVELS; index++) {
      addInto(level(index), level(index - 1), width);
      level(index - 1).fill(0);
      if (row % step ** (index + 1) !== 0) break;
    }
  }
  return sums;
}

function addInto(sums: Float32Array, values: Float32Array, count: number): void {
  for (let index = 0; index < count; index++)
    sums[index] = (sums[index] as number) + (values[index] as number);
}
