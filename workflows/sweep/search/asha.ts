import type { ReproduceOptions } from '../../types.js';
import type { TrialState } from '../trial.js';
import type { SweepOptions } from '../types.js';
import { nextParams, type Proposal, type Search } from './proposal.js';
import { ranked, rankedByReport } from './ranked.js';

type Asha = NonNullable<SweepOptions['asha']>;

/** What the resource is at each rung: `min`, and `eta` times as much at each one after it, up to `max`. */
function rungsOf({ min, max, eta }: Asha): number[] {
  const rungs = [];
  for (let resource = min; resource <= max; resource *= eta) rungs.push(resource);
  return rungs;
}

/** Where a trial stops that is compared by what it reports; undefined: it ends by itself. */
export function untilOf(asha: Asha, rung: number): ReproduceOptions['until'] {
  const { report } = asha;
  const rungs = rungsOf(asha);
  const resource = rungs[rung];
  if (!report || resource === undefined || rung >= rungs.length - 1) return undefined;
  return { metric: report.metric, part: resource / asha.max };
}

/**
 * Asynchronous successive halving (Li et al. 2020, algorithm 2): whenever there is room, the best trial that belongs to the
 * first 1/eta of its rung, and was not promoted yet, goes on to the next rung, the highest rung first; otherwise a new trial
 * begins. Nobody waits for a rung to be full. What failed or was stopped by something else counts as the last of its rung.
 *
 * Trials that are compared by their reports have the metric itself only at the end: when the rule promotes none so far, the best
 * of those that got furthest goes on.
 */
export function ashaSearch(options: SweepOptions): Search {
  const { asha } = options;
  if (!asha) throw new RangeError('asha is not set');
  const rungs = rungsOf(asha);
  const withResource = ({ number, rung, params }: Proposal): Proposal => ({
    number,
    rung,
    params: { ...params, [asha.resource]: (asha.report ? undefined : rungs[rung]) ?? asha.max },
  });
  const ranking = (trials: readonly TrialState[]): TrialState[] =>
    asha.report ? rankedByReport(trials, asha.report.direction) : ranked(trials, options.direction);
  return (trials) => {
    const unpromoted = (rung: number) => {
      const promoted = new Set(trials.filter((trial) => trial.rung === rung + 1).map(({ number }) => number));
      return ({ number }: TrialState): boolean => !promoted.has(number);
    };
    for (let rung = rungs.length - 2; rung >= 0; rung--) {
      const here = trials.filter((trial) => trial.rung === rung && trial.finishedAt !== undefined);
      const best = ranking(here)
        .slice(0, Math.floor(here.length / asha.eta))
        .find(unpromoted(rung));
      if (best) return withResource({ ...best, rung: rung + 1 });
    }
    const fresh = nextParams(options, trials);
    if (fresh) return withResource(fresh);
    const isOver = trials.every(({ finishedAt }) => finishedAt !== undefined);
    if (!asha.report || !isOver || trials.some(({ status }) => status === 'done')) return undefined;
    for (let rung = rungs.length - 2; rung >= 0; rung--) {
      const best = ranking(trials.filter((trial) => trial.rung === rung)).find(unpromoted(rung));
      if (best) return withResource({ ...best, rung: rung + 1 });
    }
    return undefined;
  };
}
