import { bootstrapSums, sumOf, type RowSums } from '../../../statistics/index.js';
import { differencesOf, type Difference, type IntervalSettings } from './compared.js';

/**
 * How far two models are apart in figures that follow from sums over rows.
 *
 * @param figures of the sums, [width]
 */
export async function compareSums(
  before: RowSums,
  after: RowSums,
  figures: (sums: Float64Array) => Readonly<Record<string, number>>,
  settings: IntervalSettings,
): Promise<Record<string, Difference>> {
  const drawn = await bootstrapSums(before, after, figures, settings);
  return differencesOf(drawn, figures(sumOf(before)), figures(sumOf(after)), settings.confidence);
}
