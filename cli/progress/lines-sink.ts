import type { Writable } from 'node:stream';
import { Pace, formatFigure, formatSeconds } from './pace.js';
import type { ProgressSink, ProgressUpdate } from './progress-update.js';

/** A log is read later: a line at each tenth of the work is enough, no closer than this, and no further apart than that. */
const SHORTEST_SILENCE_MS = 2_000;
const LONGEST_SILENCE_MS = 15_000;

/** Plain lines, for logs and pipes: no control characters. */
export function linesSink(out: Writable, now: () => number): ProgressSink {
  const pace = new Pace(now);
  let last: { readonly tenth: number; readonly message: string | undefined; readonly at: number } | undefined;
  let unwritten: string | undefined;
  return {
    update(update) {
      const text = lineText(update, pace.measure(update));
      const tenth =
        update.total === undefined || update.total <= 0 ? -1 : Math.floor((update.step / update.total) * 10);
      const at = now();
      const silence = last === undefined ? Infinity : at - last.at;
      if (
        last?.message === update.message &&
        silence < (last?.tenth === tenth ? LONGEST_SILENCE_MS : SHORTEST_SILENCE_MS)
      ) {
        unwritten = text;
        return;
      }
      last = { tenth, message: update.message, at };
      unwritten = undefined;
      out.write(`${text}\n`);
    },
    log: (line) => void out.write(`${line}\n`),
    done() {
      if (unwritten !== undefined) out.write(`${unwritten}\n`);
      unwritten = undefined;
    },
  };
}

function lineText(
  update: ProgressUpdate,
  pace: { readonly rate?: number; readonly secondsLeft?: number },
): string {
  const { step, total, message, metrics } = update;
  const parts = [total === undefined ? String(step) : `${step}/${total}`];
  for (const [name, value] of Object.entries(metrics ?? {})) parts.push(`${name}=${formatFigure(value)}`);
  if (pace.secondsLeft !== undefined && step < (total ?? 0))
    parts.push(`${formatSeconds(pace.secondsLeft)} left`);
  return `${message === undefined ? '' : `${message}: `}${parts.join(' ')}`;
}
