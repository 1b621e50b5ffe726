import type { TrialState } from '../trial.js';
import type { SweepOptions } from '../types.js';

/** Trials that have a value, the best first; of equals, the one that began first. */
export function ranked(trials: readonly TrialState[], direction: SweepOptions['direction']): TrialState[] {
  const sign = direction === 'maximize' ? -1 : 1;
  return trials
    .filter((trial) => trial.status === 'done' && trial.value !== undefined)
    .sort((a, b) => sign * ((a.value ?? 0) - (b.value ?? 0)) || a.number - b.number);
}

/** Those that stopped at a rung by what they had reported, the best first; of equals, the one that began first. */
export function rankedByReport(
  trials: readonly TrialState[],
  direction: SweepOptions['direction'],
): TrialState[] {
  const sign = direction === 'maximize' ? -1 : 1;
  return trials
    .filter(({ reached }) => reached !== undefined)
    .sort((a, b) => sign * ((a.reached?.value ?? 0) - (b.reached?.value ?? 0)) || a.number - b.number);
}

/**
 * Of those that got furthest: what trained longer is not compared with what trained less. Where trials stop at their rungs, whatever
 * came to its end was trained to its end.
 */
export function bestOf(
  trials: readonly TrialState[],
  { direction, asha }: Pick<SweepOptions, 'direction' | 'asha'>,
): TrialState | undefined {
  const done = trials.filter((trial) => trial.status === 'done');
  if (asha?.report) return ranked(done, direction)[0];
  const highest = Math.max(0, ...done.map((trial) => trial.rung));
  return ranked(
    done.filter((trial) => trial.rung === highest),
    direction,
  )[0];
}
