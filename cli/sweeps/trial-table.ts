import { chooseGlyphs, type Glyphs } from '../display/glyphs.js';
import type { Paint, Palette } from '../display/palette.js';
import { firstLine, secondsText } from '../display/stage-text.js';
import { cut, pad, plain, textWidth } from '../display/text-width.js';
import { formatFigure } from '../progress/index.js';
import type { TrialEvent, TrialProgressEvent } from './events.js';

export type TrialRow = Omit<TrialEvent, 'event'> & { readonly progress?: TrialProgressEvent };

export interface TableStyle {
  readonly palette: Palette;
  readonly columns: number;
  readonly env: NodeJS.ProcessEnv;
}

/** The trials, a line each under one of names; the best is marked. */
export function trialTable(
  trials: readonly TrialRow[],
  metric: string,
  best: string | undefined,
  { palette, columns, env }: TableStyle,
): string[] {
  const names = [...new Set(trials.flatMap(({ params }) => Object.keys(params)))];
  const glyphs = chooseGlyphs(env);
  const header = [
    '',
    'trial',
    ...namesIn(names),
    shortName(metric.slice(metric.lastIndexOf(':') + 1)),
    'time',
    '',
  ];
  const rows = trials.map((trial) => [
    sign(trial, glyphs),
    trial.label + (trial.label === best ? ' *' : ''),
    ...names.map((name) => plain(String(trial.params[name] ?? ''))),
    trial.value === undefined ? '' : formatFigure(trial.value),
    trial.seconds === undefined ? '' : secondsText(trial.seconds),
    noteOf(trial),
  ]);
  const last = header.length - 1;
  const widths = header.map((name, i) =>
    Math.max(textWidth(name), ...rows.map((row) => textWidth(row[i] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    cut(
      cells
        .map((cell, i) => (i === last ? cell : pad(cell, widths[i] ?? 0, i < 2 ? 'right' : 'left')))
        .join('  ')
        .trimEnd(),
      columns,
      glyphs.ellipsis,
    );
  return [
    palette.bold(line(header)),
    ...rows.map((row, i) => {
      const trial = trials[i] as TrialRow;
      return (trial.label === best ? palette.bold : paintOf(trial.status, palette))(line(row));
    }),
  ];
}

/** Short, unless two would be the same. */
function namesIn(names: readonly string[]): string[] {
  const short = names.map(shortName);
  return names.map((name, i) =>
    short.indexOf(short[i] as string) === short.lastIndexOf(short[i] as string)
      ? (short[i] as string)
      : plain(name),
  );
}

/** `finetuning.learning_rate` → `learning_rate`. */
function shortName(name: string): string {
  return plain(name.slice(Math.max(name.lastIndexOf('.'), name.lastIndexOf(':')) + 1));
}

function noteOf({ status, reason, progress }: TrialRow): string {
  if (reason !== undefined) return plain(firstLine(reason));
  if (status !== 'running' || !progress) return status === 'done' ? '' : status;
  const step =
    progress.step === undefined
      ? ''
      : ` ${progress.step}${progress.total === undefined ? '' : `/${progress.total}`}`;
  const metrics = Object.entries(progress.metrics ?? {}).slice(0, 2);
  return `${plain(progress.address)}${step}${metrics.map(([name, value]) => `  ${plain(name)} ${formatFigure(value)}`).join('')}`;
}

function sign({ status }: TrialRow, { status: glyphs }: Glyphs): string {
  switch (status) {
    case 'done':
      return glyphs.ran;
    case 'preparing':
      return glyphs.scheduled;
    case 'saving':
    case 'running':
      return glyphs.running;
    case 'stopped':
      return glyphs.blocked;
    case 'failed':
    case 'canceled':
      return glyphs[status];
  }
}

function paintOf(status: TrialRow['status'], palette: Palette): Paint {
  switch (status) {
    case 'done':
      return (text) => text;
    case 'failed':
      return palette.red;
    case 'stopped':
    case 'canceled':
      return palette.dim;
    default:
      return palette.cyan;
  }
}
