import type { Report } from './trial.js';
import type { SweepOptions } from './types.js';

type Rule = NonNullable<SweepOptions['earlyStopping']>;

/** Adds a report when it is the best so far: nothing else is ever asked for, and the list stays short. */
export function withReport(reports: readonly Report[], report: Report, rule: Rule): readonly Report[] {
  const best = reports.at(-1);
  return best === undefined || isWorse(best.value, report.value, rule) ? [...reports, report] : reports;
}

/**
 * The median rule (Golovin et al. 2017, "Google Vizier"): a trial is stopped when its best figure so far is worse than the
 * median of what those that ran to their end had reached at the same step.
 *
 * @param others reports of trials that are done
 */
export function shouldStop(
  own: readonly Report[],
  step: number,
  others: readonly (readonly Report[])[],
  rule: Rule,
): boolean {
  const mine = bestAt(own, step);
  if (mine === undefined || step < rule.minSteps || others.length < rule.minTrials) return false;
  const theirs = others.map((reports) => bestAt(reports, step)).filter((value) => value !== undefined);
  return theirs.length >= rule.minTrials && isWorse(mine, median(theirs), rule);
}

function bestAt(reports: readonly Report[], step: number): number | undefined {
  return reports.filter((report) => report.step <= step).at(-1)?.value;
}

function isWorse(a: number, b: number, { direction }: Rule): boolean {
  return direction === 'minimize' ? a > b : a < b;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}
