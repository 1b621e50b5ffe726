import type { Comparison } from './measurement.js';

/** A table of both sides with their ratio; above 1 is better for ours. */
export function formatComparison({ about, ours, peer, peerName }: Comparison): string {
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  const seconds = (value: number): string => `${value.toFixed(3)} s`;
  const rows = [
    ['', 'ours', peerName, 'peer / ours'],
    [
      'time per step',
      seconds(ours.secondsPerStep),
      seconds(peer.secondsPerStep),
      ratio(peer.secondsPerStep / ours.secondsPerStep),
    ],
    [
      'time to first step',
      seconds(ours.secondsToFirstStep),
      seconds(peer.secondsToFirstStep),
      ratio(peer.secondsToFirstStep / ours.secondsToFirstStep),
    ],
    [
      'peak memory',
      megabytes(ours.peakMemory),
      megabytes(peer.peakMemory),
      ratio(peer.peakMemory / ours.peakMemory),
    ],
    ['loss, first → last', loss(ours), loss(peer), ''],
  ] as const;
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return [
    about,
    ...rows.map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
  ].join('\n');
}

const ratio = (value: number): string => `${value.toFixed(2)} ×`;
const loss = ({ firstLoss, lastLoss }: { firstLoss: number; lastLoss: number }): string =>
  `${firstLoss.toFixed(2)} → ${lastLoss.toFixed(2)}`;
