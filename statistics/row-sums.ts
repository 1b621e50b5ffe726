/** What figures are made of by adding over rows, as means and corpus scores are: so many numbers of each. [rows, width] */
export interface RowSums {
  readonly width: number;
  readonly values: Float64Array;
}

/** @param times how often each row counts, [rows]; absent: once */
export function sumOf({ width, values }: RowSums, times?: Uint32Array): Float64Array {
  const sums = new Float64Array(width);
  for (let row = 0, at = 0; at < values.length; row++) {
    const count = times ? (times[row] as number) : 1;
    if (count === 0) at += width;
    else
      for (let column = 0; column < width; column++)
        sums[column] = (sums[column] as number) + count * (values[at++] as number);
  }
  return sums;
}
