import { CHANNELS, type Picture } from './picture.js';
import type { Preprocessing } from './preprocessing.js';

/**
 * What a network is fed: [rows, side, side, 3], normalized. Rows beyond the pictures are zeros.
 *
 * @param pictures each [side, side, 3]
 */
export function pixelBatch(
  pictures: readonly Picture[],
  rows: number,
  { side, scale, mean, deviation }: Preprocessing,
): Float32Array {
  const size = side * side * CHANNELS;
  const values = new Float32Array(rows * size);
  const tables = mean.map((middle, channel) =>
    Float32Array.from(
      { length: 256 },
      (_, value) => (value * scale - middle) / (deviation[channel] as number),
    ),
  );
  pictures.forEach(({ pixels }, row) => {
    for (let at = 0; at < size; at++)
      values[row * size + at] = (tables[at % CHANNELS] as Float32Array)[pixels[at] as number] as number;
  });
  return values;
}
