import type { PreprocessingConfig } from '../../../configs/index.js';

/**
 * Which rows go, so that no label has more than its share: those that are last in drawing order, which depends on their
 * ids alone.
 *
 * @param labels label number of each row, [rows]
 * @param order drawing order of each row, [rows]
 * @param gone rows that are gone already; gets 2 for those that go now, [rows]
 */
export function balance(
  labels: Int32Array,
  order: Float64Array,
  gone: Uint8Array,
  settings: NonNullable<PreprocessingConfig['balance']>,
): void {
  const byLabel = new Map<number, number[]>();
  for (const [row, label] of labels.entries()) {
    if (gone[row] !== 0) continue;
    const rows = byLabel.get(label);
    if (rows) rows.push(row);
    else byLabel.set(label, [row]);
  }
  const rarest = Math.min(...[...byLabel.values()].map((rows) => rows.length));
  const most = 'max_rows' in settings ? settings.max_rows : Math.floor(rarest * settings.max_ratio);
  for (const rows of byLabel.values()) {
    if (rows.length <= most) continue;
    rows.sort((a, b) => (order[a] as number) - (order[b] as number) || a - b);
    for (const row of rows.slice(most)) gone[row] = 2;
  }
}
