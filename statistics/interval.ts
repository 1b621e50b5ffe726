/**
 * Percentile interval that holds `confidence` of the values, interpolated between them as numpy's `quantile` does.
 *
 * @returns undefined when no value is a number
 */
export function interval(
  values: Float64Array,
  confidence: number,
): { low: number; high: number } | undefined {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0) return undefined;
  const outside = (1 - confidence) / 2;
  return { low: quantile(sorted, outside), high: quantile(sorted, 1 - outside) };
}

function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  return below + (above - below) * (place - Math.floor(place));
}
