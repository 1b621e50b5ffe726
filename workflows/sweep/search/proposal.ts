import type { TrialParams, TrialState } from '../trial.js';
import type { SweepOptions } from '../types.js';
import { sample, spaceSize, valueAt } from './space.js';
import { splitMix } from './split-mix.js';

/** A trial that may begin. */
export interface Proposal {
  readonly number: number;
  readonly rung: number;
  readonly params: TrialParams;
}

/** What is tried next, judged by the trials so far; undefined when nothing may begin now. */
export type Search = (trials: readonly TrialState[]) => Proposal | undefined;

/** How many sets of params are tried at most, rungs apart. */
function trialCount({ method, params, maxTrials }: SweepOptions): number {
  if (method !== 'grid') return maxTrials || 10;
  const size = Object.values(params).reduce((product, space) => product * spaceSize(space), 1);
  return maxTrials ? Math.min(maxTrials, size) : size;
}

/** The next set of params that has not begun; undefined when all have. */
export function nextParams(options: SweepOptions, trials: readonly TrialState[]): Proposal | undefined {
  const number = trials.filter((trial) => trial.rung === 0).length + 1;
  if (number > trialCount(options)) return undefined;
  const params =
    options.method === 'grid' ? gridParams(options, number - 1) : drawParams(options, number - 1);
  return { number, rung: 0, params };
}

/** In the order of nested loops over the params: the last one turns fastest. */
function gridParams({ params }: SweepOptions, index: number): TrialParams {
  let rest = index;
  const chosen = Object.entries(params)
    .reverse()
    .map(([name, space]) => {
      const size = spaceSize(space);
      const value = valueAt(space, rest % size);
      rest = Math.floor(rest / size);
      return [name, value] as const;
    });
  return Object.fromEntries(chosen.reverse());
}

function drawParams({ params, seed }: SweepOptions, index: number): TrialParams {
  const entries = Object.entries(params);
  return Object.fromEntries(
    entries.map(([name, space], i) => [name, sample(space, splitMix(seed, index * entries.length + i))]),
  );
}
