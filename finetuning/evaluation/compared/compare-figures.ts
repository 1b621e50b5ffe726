import { bootstrapFigures, sumOf, type FiguresOf, type RowSums } from '../../../statistics/index.js';
import { differencesOf, type Difference, type IntervalSettings } from './compared.js';

/** How far two models are apart in figures of the same rows. */
export async function compareFigures(
  rows: number,
  before: FiguresOf,
  after: FiguresOf,
  settings: IntervalSettings,
): Promise<Record<string, Difference>> {
  const drawn = await bootstrapFigures(rows, before, after, settings);
  return differencesOf(drawn, before(), after(), settings.confidence);
}

/**
 * The same of figures that follow from sums over rows.
 *
 * @param figures of the sums, [width]
 */
export async function compareSums(
  before: RowSums,
  after: RowSums,
  figures: (sums: Float64Array) => Readonly<Record<string, number>>,
  settings: IntervalSettings,
): Promise<Record<string, Difference>> {
  if (before.width !== after.width || before.values.length !== after.values.length)
    throw new RangeError('the two models were not asked about the same rows');
  const of =
    (sums: RowSums): FiguresOf =>
    (times) =>
      figures(sumOf(sums, times));
  return compareFigures(before.values.length / before.width, of(before), of(after), settings);
}
