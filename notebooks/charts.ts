import { barChart as bars, lineChart as lines } from '../finetuning/index.js';
import { show, showNothingYet } from './show.js';

/** Group → a value for each series. */
export type Bars = Readonly<Record<string, readonly number[]>>;

/** Name of a line → its points, in the order of `x`. */
export type Lines = Readonly<Record<string, readonly { readonly x: number; readonly y: number }[]>>;

/** Of Okabe and Ito, which those who see few colours tell apart; dark enough on white. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#a0568a', '#7a6a00', '#555c68'];

/**
 * Draws horizontal bars: a group for each key, in it a bar for each series.
 *
 * @param series names of the series; one where the groups' lists have one value
 */
export async function barChart(title: string, groups: Bars, series: readonly string[] = ['']): Promise<void> {
  const names = Object.keys(groups);
  const values = Object.values(groups).flat();
  if (values.length === 0) return showNothingYet(title);
  const whole = values.every((value) => Number.isInteger(value));
  const chart = bars(
    title,
    names,
    series.map((name, at) => ({
      name,
      hue: hueOf(at),
      values: names.map((group) => groups[group]?.[at] ?? 0),
    })),
    {
      most: axisEnd(values),
      said: (value) => (whole ? value.toLocaleString('en-US') : value.toFixed(3)),
    },
  );
  const text = names.map((name) => `${name}: ${(groups[name] ?? []).map(short).join(', ')}`);
  await showSvg(title, chart, text);
}

/** Draws lines over two axes from 0. */
export async function lineChart(title: string, x: string, y: string, series: Lines): Promise<void> {
  const drawn = Object.entries(series).filter(([, points]) => points.length > 0);
  if (drawn.length === 0) return showNothingYet(title);
  const all = drawn.flatMap(([, points]) => points);
  const chart = lines({
    title,
    x,
    y,
    series: drawn.map(([name, points], at) => ({ name, hue: hueOf(at), points })),
    most: { x: axisEnd(all.map((point) => point.x)), y: axisEnd(all.map((point) => point.y)) },
  });
  const text = drawn.map(([name, points]) => {
    const last = points.at(-1);
    return `${name}: ${points.length} points, the last at ${short(last?.x ?? 0)}: ${short(last?.y ?? 0)}`;
  });
  await showSvg(title, chart, text);
}

/** The smallest number, no less than any of the values, whose quarters can be read: 0.142 → 0.16, 750 → 800. */
function axisEnd(values: readonly number[]): number {
  const most = values.reduce((top, value) => Math.max(top, value), 0);
  if (most <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  const end = [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8].find((step) => step * power >= most);
  return Number(((end ?? 10) * power).toPrecision(3));
}

const short = (value: number): string => String(Number(value.toPrecision(4)));

const hueOf = (at: number): string => `hue-${at % COLOURS.length}`;

/** A picture that stands alone: notebooks show it apart from the page, whose styles it does not see. */
async function showSvg(title: string, chart: string, text: readonly string[]): Promise<void> {
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(chart) ?? [];
  const style = [
    'svg{font:13px system-ui,sans-serif}.page{fill:#fff}text{fill:#1d2330}.soft{fill:#5a6272}.grid{stroke:#e3e1dc}',
    ...COLOURS.map(
      (colour, at) =>
        `rect.hue-${at},.dot.hue-${at}{fill:${colour}}.line.hue-${at}{fill:none;stroke:${colour};stroke-width:2}`,
    ),
  ];
  const alone = chart.replace(
    /^<svg ([^>]*)>/,
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" $1><style>${style.join('')}</style><rect class="page" width="100%" height="100%"/>`,
  );
  await show({ 'image/svg+xml': alone, 'text/plain': [title, ...text].join('\n') });
}
