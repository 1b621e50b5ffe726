import { round } from '../round.js';
import { slicesOf } from '../slices.js';
import type { JudgedLanguage, LanguageComparison } from './language-comparison.js';
import { languageFigures } from './language-figures.js';
import { shownText } from './language-set.js';

/** How well both models know some of the rows. */
export interface LanguageSlice {
  readonly by: string;
  readonly value: string;
  readonly rows: number;
  /** Bits per byte; `null` where no byte is asked for. */
  readonly base: number | null;
  readonly finetuned: number | null;
}

export function languageSlices(comparison: LanguageComparison, fields: readonly string[]): LanguageSlice[] {
  const sliced = comparison.rows.map((row) => ({ fields: row.fields, length: shownText(row).length }));
  return slicesOf(sliced, fields).map(({ by, value, rows }) => {
    const bits = ({ scores }: JudgedLanguage): number | null =>
      round(languageFigures(rows.map((row) => scores[row] as (typeof scores)[number])).bits_per_byte);
    return {
      by,
      value,
      rows: rows.length,
      base: bits(comparison.base),
      finetuned: bits(comparison.finetuned),
    };
  });
}
