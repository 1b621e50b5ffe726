import { escape } from './html.js';

export interface Line {
  readonly name: string;
  /** CSS class that gives the colour. */
  readonly hue: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface LineChart {
  /** What the chart shows, for those who do not see it. */
  readonly title: string;
  /** Of the axes. */
  readonly x: string;
  readonly y: string;
  readonly series: readonly Line[];
  /** Mark each point. */
  readonly dots?: boolean;
  /** A line from corner to corner to compare with. */
  readonly diagonal?: boolean;
  /** What the axes end at; by default the largest values. */
  readonly most?: { readonly x: number; readonly y: number };
}

const [WIDTH, HEIGHT] = [520, 360];
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 16, 34, 50];
const TICKS = 4;
/** Each line has a look of its own, for those who cannot tell the colours apart. */
const DASHES = ['', '7 4', '2 3'];

/** Lines over two axes from 0, as inline SVG. */
export function lineChart({ title, x, y, series, dots = false, diagonal = false, most }: LineChart): string {
  const points = series.flatMap((line) => line.points);
  const largest = (of: (point: { x: number; y: number }) => number): number =>
    points.reduce((top, point) => Math.max(top, of(point)), 0) || 1;
  const [right, top] = most ? [most.x, most.y] : [largest((point) => point.x), largest((point) => point.y)];
  const across = (value: number): string => (LEFT + (value / right) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const up = (value: number): string =>
    (HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const parts: string[] = [];
  for (let tick = 0; tick <= TICKS; tick++) {
    const [atX, atY] = [(right * tick) / TICKS, (top * tick) / TICKS];
    parts.push(
      `<line class="grid" x1="${across(0)}" x2="${across(right)}" y1="${up(atY)}" y2="${up(atY)}"/>`,
      `<text class="soft" x="${LEFT - 8}" y="${up(atY)}" text-anchor="end" dominant-baseline="central">${tickText(atY)}</text>`,
      `<text class="soft" x="${across(atX)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${tickText(atX)}</text>`,
    );
  }
  if (diagonal)
    parts.push(`<line class="grid" x1="${across(0)}" x2="${across(right)}" y1="${up(0)}" y2="${up(top)}"/>`);
  let legend = LEFT;
  for (const [at, { name, hue, points }] of series.entries()) {
    const dash = DASHES[at % DASHES.length] as string;
    const look = `class="line ${hue}"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}`;
    parts.push(
      `<polyline ${look} points="${points.map((point) => `${across(point.x)},${up(point.y)}`).join(' ')}"/>`,
      `<line ${look} x1="${legend}" x2="${legend + 26}" y1="12" y2="12"/>`,
      `<text x="${legend + 32}" y="12" dominant-baseline="central">${escape(name)}</text>`,
    );
    if (dots)
      for (const point of points)
        parts.push(`<circle class="dot ${hue}" cx="${across(point.x)}" cy="${up(point.y)}" r="4"/>`);
    legend += 52 + name.length * 7.5;
  }
  parts.push(
    `<text class="soft" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 10}" text-anchor="middle">${escape(x)}</text>`,
    `<text class="soft" transform="translate(14 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${escape(y)}</text>`,
  );
  return `<svg class="curve" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(title)}">${parts.join('')}</svg>`;
}

function tickText(value: number): string {
  return String(Number(value < 1 ? value.toPrecision(3) : value.toFixed(2)));
}
