import type { Writable } from 'node:stream';
import { Pace, formatFigure, formatSeconds } from './pace.js';
import type { ProgressSink, ProgressUpdate } from './progress-update.js';

const BAR_CELLS = 24;
const CLEAR_LINE = '\r\u001b[2K';

/** `training ━━━━━━━━────────────────  33 % 100/300 · loss 1.24 · 4.1/s · 0:49 left` */
function barText(
  update: ProgressUpdate,
  pace: { readonly rate?: number; readonly secondsLeft?: number },
): string {
  const { step, total, message, metrics } = update;
  const parts: string[] = [];
  if (total !== undefined && total > 0) {
    const share = Math.min(1, step / total);
    const full = Math.round(share * BAR_CELLS);
    parts.push(
      `${'━'.repeat(full)}${'─'.repeat(BAR_CELLS - full)} ${String(Math.floor(share * 100)).padStart(3)} % ${step}/${total}`,
    );
  } else parts.push(String(step));
  for (const [name, value] of Object.entries(metrics ?? {}))
    parts.push(`${name.replaceAll('_', ' ')} ${formatFigure(value)}`);
  if (pace.rate !== undefined) parts.push(`${formatFigure(pace.rate)}/s`);
  if (pace.secondsLeft !== undefined && step < (total ?? 0))
    parts.push(`${formatSeconds(pace.secondsLeft)} left`);
  return `${message === undefined ? '' : `${message} `}${parts.join(' · ')}`;
}

/** A bar that redraws itself on one line of a terminal. */
export function barSink(out: Writable & { readonly columns?: number }, now: () => number): ProgressSink {
  const pace = new Pace(now);
  let drawn = '';
  const draw = (text: string): void => {
    drawn = text;
    out.write(CLEAR_LINE + text.slice(0, Math.max(20, (out.columns || 100) - 1)));
  };
  return {
    update: (update) => draw(barText(update, pace.measure(update))),
    log(line) {
      out.write(`${CLEAR_LINE}${line}\n`);
      if (drawn !== '') draw(drawn);
    },
    done() {
      if (drawn !== '') out.write('\n');
      drawn = '';
    },
  };
}
