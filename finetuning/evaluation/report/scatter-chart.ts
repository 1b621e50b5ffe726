import { escape } from './html.js';

export interface Points {
  readonly name: string;
  /** CSS class that gives the colour. */
  readonly hue: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface ScatterChart {
  /** What the chart shows, for those who do not see it. */
  readonly title: string;
  /** Of the axes. */
  readonly x: string;
  readonly y: string;
  /** The first lies on top. */
  readonly series: readonly Points[];
  /** A line to compare with: where both are the same, or where y is 0. */
  readonly line: 'same' | 'zero';
}

const [WIDTH, HEIGHT] = [520, 380];
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 16, 34, 50];
const TICKS = 4;
/** More cannot be told apart, and make the page large. */
const MOST_POINTS = 500;

/** Points over two axes that may begin below 0, as inline SVG. A series has its own form beside its colour. */
export function scatterChart({ title, x, y, series, line }: ScatterChart): string {
  const all = series.flatMap(({ points }) => points);
  const [xTicks, yTicks] = [
    ticksOf(all.map((point) => point.x)),
    ticksOf([...all.map((point) => point.y), ...(line === 'zero' ? [0] : [])]),
  ];
  const [left, right] = endsOf(xTicks);
  const [bottom, top] = endsOf(yTicks);
  const across = (value: number): string =>
    (LEFT + ((value - left) / (right - left)) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const up = (value: number): string =>
    (HEIGHT - BOTTOM - ((value - bottom) / (top - bottom)) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const parts: string[] = [];
  for (const at of yTicks)
    parts.push(
      `<line class="grid" x1="${across(left)}" x2="${across(right)}" y1="${up(at)}" y2="${up(at)}"/>`,
      `<text class="soft" x="${LEFT - 8}" y="${up(at)}" text-anchor="end" dominant-baseline="central">${tickText(at)}</text>`,
    );
  for (const at of xTicks)
    parts.push(
      `<text class="soft" x="${across(at)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${tickText(at)}</text>`,
    );
  const [from, to] = line === 'zero' ? [0, 0] : [Math.max(left, bottom), Math.min(right, top)];
  const ends = line === 'zero' ? [left, right] : [from, to];
  if (line === 'zero' || from < to)
    parts.push(
      `<line class="axis" x1="${across(ends[0] as number)}" y1="${up(from)}" x2="${across(ends[1] as number)}" y2="${up(to)}"/>`,
    );
  let legend = LEFT;
  const marks: string[] = [];
  for (const [at, { name, hue, points }] of series.entries()) {
    const mark = at === 0 ? circle : square;
    parts.push(
      mark(hue, legend + 6, 12),
      `<text x="${legend + 18}" y="12" dominant-baseline="central">${escape(name)}</text>`,
    );
    legend += 40 + name.length * 7.5;
    marks.unshift(
      thinned(points)
        .map((point) => mark(hue, across(point.x), up(point.y)))
        .join(''),
    );
  }
  parts.push(
    ...marks,
    `<text class="soft" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 10}" text-anchor="middle">${escape(x)}</text>`,
    `<text class="soft" transform="translate(14 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${escape(y)}</text>`,
  );
  return `<svg class="curve" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(title)}">${parts.join('')}</svg>`;
}

function circle(hue: string, x: number | string, y: number | string): string {
  return `<circle class="point ${hue}" cx="${x}" cy="${y}" r="3.5"/>`;
}

function square(hue: string, x: number | string, y: number | string): string {
  return `<rect class="point ${hue}" x="${(Number(x) - 3).toFixed(1)}" y="${(Number(y) - 3).toFixed(1)}" width="6" height="6"/>`;
}

/** Round numbers around all values, some five of them. */
function ticksOf(values: readonly number[]): number[] {
  const least = values.reduce((low, value) => Math.min(low, value), Infinity);
  const most = values.reduce((high, value) => Math.max(high, value), -Infinity);
  const wanted = (most - least || Math.abs(most) || 1) / TICKS;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = power * ([1, 2, 5].find((round) => round * power >= wanted) ?? 10);
  const first = Math.floor(least / step);
  const last = Math.max(Math.ceil(most / step), first + 1);
  return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step);
}

function endsOf(ticks: readonly number[]): [number, number] {
  return [ticks[0] as number, ticks.at(-1) as number];
}

/** So many, evenly over the rows. */
function thinned<T>(points: readonly T[]): readonly T[] {
  if (points.length <= MOST_POINTS) return points;
  return Array.from(
    { length: MOST_POINTS },
    (_, at) => points[Math.floor((at * points.length) / MOST_POINTS)] as T,
  );
}

function tickText(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size >= 100_000 || size < 0.01)
    ? value.toExponential(1)
    : String(Number(value.toPrecision(3)));
}
