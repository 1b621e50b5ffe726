import type { LanguageAnswer, Metric } from 'reprise/finetuning';

/** Bits per byte of the tenth of the rows that the model knows least: a mean hides them. */
export function createMetric(): Metric<LanguageAnswer> {
  return (rows) => {
    const bits = rows
      .filter(({ bytes }) => bytes > 0)
      .map(({ loss, bytes }) => loss / Math.LN2 / bytes)
      .sort((a, b) => b - a);
    const hardest = bits.slice(0, Math.ceil(bits.length / 10));
    return hardest.length === 0 ? null : hardest.reduce((sum, each) => sum + each, 0) / hardest.length;
  };
}
