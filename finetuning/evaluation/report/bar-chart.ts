import { escape, figure } from './html.js';

export interface Series {
  readonly name: string;
  /** CSS class that gives the colour. */
  readonly hue: string;
  /** One per group, from 0 to the scale's most. */
  readonly values: readonly number[];
}

/** What the axis ends at, and how values are written. */
export interface Scale {
  readonly most: number;
  said(value: number): string;
}

const SHARES: Scale = { most: 1, said: figure };
const TICKS = [0, 0.25, 0.5, 0.75, 1];

const WIDTH = 760;
/** What the groups' names take at least, and at most; of a character some 8. */
const [LEAST_LEFT, MOST_LEFT, CHARACTER] = [130, 300, 8];
const RIGHT = 56;
const BAR = 15;
const GAP = 3;
const GROUP_GAP = 18;
const TOP = 34;

/** Horizontal bars in groups, as inline SVG: one group per figure, one bar per model. */
export function barChart(
  title: string,
  groups: readonly string[],
  series: readonly Series[],
  { most, said }: Scale = SHARES,
): string {
  const longest = Math.max(0, ...groups.map((group) => group.length));
  const left = Math.round(Math.min(MOST_LEFT, Math.max(LEAST_LEFT, longest * CHARACTER + 16)));
  const groupHeight = series.length * (BAR + GAP) - GAP + GROUP_GAP;
  const bottom = TOP + groups.length * groupHeight;
  const x = (value: number): number => left + (value / most) * (WIDTH - left - RIGHT);
  const parts: string[] = [];
  for (const tick of TICKS.map((share) => share * most)) {
    parts.push(
      `<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${TOP - 8}" y2="${bottom - GROUP_GAP + 6}"/>`,
    );
    parts.push(
      `<text class="soft" x="${x(tick)}" y="${bottom + 8}" text-anchor="middle">${Number(tick.toPrecision(3))}</text>`,
    );
  }
  let legend = left;
  // One series without a name needs no legend.
  for (const { name, hue } of series.filter((each) => each.name !== '')) {
    parts.push(`<rect class="${hue}" x="${legend}" y="4" width="12" height="12" rx="2"/>`);
    parts.push(`<text x="${legend + 18}" y="14">${escape(name)}</text>`);
    legend += 34 + name.length * 7.5;
  }
  for (const [index, group] of groups.entries()) {
    const y = TOP + index * groupHeight;
    const middle = y + (groupHeight - GROUP_GAP) / 2;
    parts.push(
      `<text x="${left - 12}" y="${middle}" text-anchor="end" dominant-baseline="central">${escape(group)}</text>`,
    );
    for (const [order, { name, hue, values }] of series.entries()) {
      const value = values[index] ?? 0;
      const top = y + order * (BAR + GAP);
      const width = Math.max(1, x(value) - left).toFixed(1);
      parts.push(
        `<rect class="${hue}" x="${left}" y="${top}" width="${width}" height="${BAR}" rx="2"><title>${escape(`${[group, name].filter(Boolean).join(', ')}: ${said(value)}`)}</title></rect>`,
        `<text class="soft" x="${(x(value) + 7).toFixed(1)}" y="${top + BAR / 2}" dominant-baseline="central">${said(value)}</text>`,
      );
    }
  }
  return `<svg viewBox="0 0 ${WIDTH} ${bottom + 16}" role="img" aria-label="${escape(title)}">${parts.join('')}</svg>`;
}
