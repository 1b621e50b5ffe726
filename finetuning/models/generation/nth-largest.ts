/**
 * The n-th largest of some values, counted from 1, in time that grows with their number (Hoare's selection).
 *
 * @param n at least 1, at most as many as there are values
 */
export function nthLargest(values: Float32Array, n: number): number {
  const left = values.slice();
  const wanted = left.length - n;
  let [low, high] = [0, left.length - 1];
  while (low < high) {
    const pivot = left[(low + high) >> 1] as number;
    let [from, to] = [low, high];
    while (from <= to) {
      while ((left[from] as number) < pivot) from++;
      while ((left[to] as number) > pivot) to--;
      if (from > to) break;
      const swapped = left[from] as number;
      left[from++] = left[to] as number;
      left[to--] = swapped;
    }
    if (wanted <= to) high = to;
    else if (wanted >= from) low = from;
    else break;
  }
  return left[wanted] as number;
}
