import { formatFigure, formatSeconds } from '../progress/index.js';
import type { ProgressEvent } from './events.js';
import type { Glyphs } from './glyphs.js';
import { plain, textWidth } from './text-width.js';

/** Columns of a bar: wider says no more, narrower says nothing. */
const WIDEST_BAR = 16;
const NARROWEST_BAR = 6;

/** `120/400  loss 0.812  118 items/s  1:15 left`; without steps, the message or the last line printed. */
export function progressText({ step, total, message, metrics, secondsLeft, output }: ProgressEvent): string {
  const parts: string[] = [];
  if (step !== undefined) parts.push(total === undefined ? String(step) : `${step}/${total}`);
  for (const [name, value] of Object.entries(metrics ?? {})) parts.push(metricText(name, value));
  if (secondsLeft !== undefined) parts.push(`${formatSeconds(secondsLeft)} left`);
  if (message !== undefined) parts.push(plain(message));
  else if (step === undefined && output !== undefined) parts.push(plain(output));
  return parts.join('  ');
}

/** The same after a bar that takes the columns which the text leaves. */
export function progressWithBar(progress: ProgressEvent, glyphs: Glyphs, columns: number): string {
  const text = progressText(progress);
  const { step, total } = progress;
  const width = Math.min(WIDEST_BAR, columns - textWidth(text) - 2);
  if (step === undefined || !total || width < NARROWEST_BAR) return text;
  const full = Math.round(width * Math.min(1, step / total));
  return `${glyphs.full.repeat(full)}${glyphs.empty.repeat(width - full)}  ${text}`;
}

/** `items_per_second` → `118 items/s`; others as `name figure`. */
function metricText(name: string, value: number): string {
  const unit = /^(\w+)_per_second$/.exec(name)?.[1];
  return unit === undefined ? `${plain(name)} ${formatFigure(value)}` : `${formatFigure(value)} ${unit}/s`;
}
