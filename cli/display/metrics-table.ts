import { formatFigure } from '../progress/index.js';
import type { MetricsEvent } from './events.js';
import type { Palette } from './palette.js';
import { pad, plain, textWidth } from './text-width.js';

/**
 * A metrics file as a small table. Where it compares a base model with a finetuned one (`base.accuracy`,
 * `finetuned.accuracy`), these two stand side by side; otherwise each value beside the one in git's HEAD.
 */
export function metricsTable({ path, values }: MetricsEvent, palette: Palette): string {
  const compared = comparison(values);
  const [header, rows] = compared ?? [['', 'value', 'in HEAD', 'change'], values.map(historyRow)];
  const withHistory = compared !== undefined || rows.some((row) => row[2] !== '');
  const columns = withHistory ? header.length : 2;
  const table = [[plain(path), ...header.slice(1)], ...rows].map((row) => row.slice(0, columns));
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...table.map((row) => textWidth(row[i] ?? ''))),
  );
  return table
    .map((row, at) => {
      const line = row
        .map((text, i) => pad(text, widths[i] ?? 0, i === 0 ? 'right' : 'left'))
        .join('  ')
        .trimEnd();
      return at === 0 ? palette.bold(line) : line;
    })
    .join('\n');
}

type Values = MetricsEvent['values'];

function historyRow({ name, value, previous }: Values[number]): string[] {
  return [
    `  ${plain(name)}`,
    formatFigure(value),
    previous === undefined ? '' : formatFigure(previous),
    previous === undefined || previous === value ? '' : change(value - previous),
  ];
}

function comparison(values: Values): [string[], string[][]] | undefined {
  const byName = new Map(values.map(({ name, value }) => [name, value]));
  const rows: string[][] = [];
  const used = new Set<string>();
  for (const [name, base] of byName) {
    if (!name.startsWith('base.')) continue;
    const metric = name.slice('base.'.length);
    const tuned = byName.get(`finetuned.${metric}`);
    if (tuned === undefined) continue;
    used.add(name).add(`finetuned.${metric}`);
    rows.push([`  ${plain(metric)}`, formatFigure(base), formatFigure(tuned), change(tuned - base)]);
  }
  if (rows.length === 0) return undefined;
  for (const [name, value] of byName)
    if (!used.has(name)) rows.push([`  ${plain(name)}`, '', formatFigure(value), '']);
  return [['', 'base', 'finetuned', 'change'], rows];
}

function change(difference: number): string {
  if (difference === 0) return '0';
  return `${difference > 0 ? '+' : '-'}${formatFigure(Math.abs(difference))}`;
}
