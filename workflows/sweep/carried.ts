import { z } from 'zod';
import type { Report, SweepPlan, TrialState } from './trial.js';

/** What a run of the workflow hands to the next one when it continues as new. No person writes it. */
export interface Carried {
  readonly plan: SweepPlan;
  readonly trials: readonly TrialState[];
  readonly reports: Readonly<Record<string, readonly Report[]>>;
  readonly startedAt: number;
}

export const carriedSweep = z.custom<Carried>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    'plan' in value &&
    'trials' in value &&
    Array.isArray(value.trials) &&
    'reports' in value &&
    'startedAt' in value,
  { error: 'is written by the workflow itself' },
);
