import type { Course } from './decays.js';

/**
 * torch's OneCycleLR: from peak / div_factor up to the peak, and down to peak / div_factor / final_div_factor at the last
 * step. It brings its own warmup: `pct_start` of the steps, or `warmup` where that is set.
 *
 * @returns share of the peak
 */
export function oneCycle(done: number, { warmup, total, settings }: Course): number {
  const { pct_start, div_factor, final_div_factor, anneal_strategy, three_phase } = settings;
  const [start, end] = [1 / div_factor, 1 / div_factor / final_div_factor];
  const rise = warmup > 0 ? warmup : pct_start * total;
  /** Last step of a phase, and the shares at its begin and end. */
  const phases: readonly (readonly [number, number, number])[] = [
    [rise - 1, start, 1],
    ...(three_phase ? [[2 * rise - 2, 1, start] as const] : []),
    [total - 1, three_phase ? start : 1, end],
  ];
  let begun = 0;
  for (const [last, from, to] of phases) {
    if (done <= last || last === total - 1) {
      const part = Math.min(1, (done - begun) / (last - begun));
      return anneal_strategy === 'linear'
        ? (to - from) * part + from
        : to + ((from - to) / 2) * (Math.cos(Math.PI * part) + 1);
    }
    begun = last;
  }
  return end;
}
