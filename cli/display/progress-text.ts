import { formatFigure, formatSeconds } from '../progress/index.js';
import type { ProgressEvent } from './events.js';
import type { Glyphs } from './glyphs.js';
import { plain } from './text-width.js';

const BAR = 16;

/** `━━━━━━━───────── 120/400  loss 0.812  118 items/s  0:45 left`; without steps, the message or the last line printed. */
export function progressText(progress: ProgressEvent, glyphs: Glyphs | undefined): string {
  const { step, total, message, metrics, secondsLeft, output } = progress;
  const parts: string[] = [];
  if (step !== undefined && total !== undefined && total > 0 && glyphs) {
    const full = Math.round(BAR * Math.min(1, step / total));
    parts.push(glyphs.full.repeat(full) + glyphs.empty.repeat(BAR - full));
  }
  if (step !== undefined) parts.push(total === undefined ? String(step) : `${step}/${total}`);
  for (const [name, value] of Object.entries(metrics ?? {})) parts.push(metricText(name, value));
  if (secondsLeft !== undefined) parts.push(`${formatSeconds(secondsLeft)} left`);
  if (message !== undefined) parts.push(plain(message));
  else if (step === undefined && output !== undefined) parts.push(plain(output));
  return parts.join('  ');
}

/** `items_per_second` → `118 items/s`; others as `name figure`. */
function metricText(name: string, value: number): string {
  const unit = /^(\w+)_per_second$/.exec(name)?.[1];
  return unit === undefined ? `${plain(name)} ${formatFigure(value)}` : `${formatFigure(value)} ${unit}/s`;
}
