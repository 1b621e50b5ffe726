import type { StageEvent } from './events.js';
import { plain } from './text-width.js';

/** Why a stage is as it is, in one line; empty where its status says all. */
export function stageNote(stage: StageEvent): string {
  // What the command printed follows at the end of the run.
  if (stage.status === 'failed')
    return plain(firstLine(stage.error?.message ?? stage.reason ?? '')).replace(/; its last output:$/, '');
  if (stage.waitingFor !== undefined) return `waits for a worker with the label ${plain(stage.waitingFor)}`;
  const notes: string[] = [];
  if (stage.attempt > 1) notes.push(`attempt ${stage.attempt}`);
  if (stage.restarts > 0)
    notes.push(`taken up again${stage.restarts === 1 ? '' : ` ${stage.restarts} times`}`);
  if (stage.reason !== undefined) notes.push(plain(firstLine(stage.reason)));
  return notes.join(', ');
}

/** A failure's message may begin with the stage's name, which stands beside it already. */
export function withoutAddress(address: string, text: string): string {
  return text.startsWith(`${address}: `) ? text.slice(address.length + 2) : text;
}

export function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

/** `3.2 s`, `1:15`. */
export function secondsText(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const minutes = `${Math.floor(whole / 60) % 60}`;
  const rest = String(whole % 60).padStart(2, '0');
  return whole < 3600
    ? `${minutes}:${rest}`
    : `${Math.floor(whole / 3600)}:${minutes.padStart(2, '0')}:${rest}`;
}
