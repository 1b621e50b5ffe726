import type { Comparison, Measured, Row } from './measurement.js';

export function formatMeasured({ about, rows }: Measured): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  return [about, ...rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`)].join('\n');
}

/** A table of both sides with their ratio; above 1 is better for ours. */
export function formatComparison({ about, rows, peerName, notes = [] }: Comparison): string {
  const lines = [
    ['', 'ours', peerName, 'peer / ours'],
    ...rows.map(({ label, unit, ours, peer }) => [
      label,
      figure(ours, unit),
      figure(peer, unit),
      `${(peer / ours).toFixed(2)} ×`,
    ]),
    ...notes.map(({ label, ours, peer }) => [label, ours, peer, '']),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return [
    about,
    ...lines.map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
  ].join('\n');
}

function figure(value: number, unit: Row['unit']): string {
  return unit === 's' ? `${value.toFixed(3)} s` : `${(value / 1e6).toFixed(0)} MB`;
}
