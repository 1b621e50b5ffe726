import type { ProgressUpdate } from './progress-update.js';

/** Speed since the first update seen, so that steps done before a resume do not count as fast ones. */
export class Pace {
  #first: { readonly step: number; readonly at: number } | undefined;
  #message: string | undefined;
  readonly #now: () => number;

  /** @param now milliseconds, monotonic */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @returns steps per second and seconds left, where they can be told yet */
  measure(update: ProgressUpdate): { readonly rate?: number; readonly secondsLeft?: number } {
    const at = this.#now();
    if (!this.#first || update.message !== this.#message || update.step < this.#first.step) {
      this.#first = { step: update.step, at };
      this.#message = update.message;
      return {};
    }
    const seconds = (at - this.#first.at) / 1000;
    const steps = update.step - this.#first.step;
    if (seconds <= 0 || steps <= 0) return {};
    const rate = steps / seconds;
    return update.total === undefined
      ? { rate }
      : { rate, secondsLeft: Math.max(0, update.total - update.step) / rate };
  }
}

/** 75 → `1:15`, 3675 → `1:01:15`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  if (whole >= 3600) parts.unshift(Math.floor(whole / 3600));
  return parts.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** Three significant digits, without exponents where a person reads them: `118`, `0.412`, `0.00100`. */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude >= 1000) return value.toFixed(0);
  if (magnitude < 1e-4) return value.toExponential(2);
  return value.toPrecision(3);
}
