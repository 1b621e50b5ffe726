import type { SweepOptions, TrialState } from '../types.js';
import { nextParams, type Proposal, type Search } from './proposal.js';
import { ranked } from './ranked.js';

/** What the resource is at each rung: `min`, and `eta` times as much at each one after it, up to `max`. */
export function rungsOf({ min, max, eta }: NonNullable<SweepOptions['asha']>): number[] {
  const rungs = [];
  for (let resource = min; resource <= max; resource *= eta) rungs.push(resource);
  return rungs;
}

/**
 * Asynchronous successive halving (Li et al. 2020, algorithm 2): whenever there is room, the best trial that belongs to the
 * first 1/eta of its rung, and was not promoted yet, goes on to the next rung, the highest rung first; otherwise a new trial
 * begins. Nobody waits for a rung to be full. What failed or was stopped counts as the last of its rung.
 */
export function ashaSearch(options: SweepOptions): Search {
  const { asha } = options;
  if (!asha) throw new RangeError('asha is not set');
  const rungs = rungsOf(asha);
  const withResource = ({ number, rung, params }: Proposal): Proposal => ({
    number,
    rung,
    params: { ...params, [asha.resource]: rungs[rung] ?? asha.max },
  });
  return (trials) => {
    for (let rung = rungs.length - 2; rung >= 0; rung--) {
      const best = promotable(trials, rung, asha.eta, options.direction);
      if (best) return withResource({ ...best, rung: rung + 1 });
    }
    const fresh = nextParams(options, trials);
    return fresh && withResource(fresh);
  };
}

function promotable(
  trials: readonly TrialState[],
  rung: number,
  eta: number,
  direction: SweepOptions['direction'],
): TrialState | undefined {
  const here = trials.filter((trial) => trial.rung === rung && trial.finishedAt !== undefined);
  const promoted = new Set(trials.filter((trial) => trial.rung === rung + 1).map((trial) => trial.number));
  return ranked(here, direction)
    .slice(0, Math.floor(here.length / eta))
    .find((trial) => !promoted.has(trial.number));
}
