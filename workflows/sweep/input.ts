import { z } from 'zod';
import { carriedSweep } from './carried.js';
import { sweepWorkspaceField } from '../workspace-field.js';
import { checkSweep } from './check-input.js';
import { paramSpace } from './search/space.js';

// zod's compiled parsers need `new Function`, which has no place in the workflow sandbox.
z.config({ jitless: true });

/** More would not fit in what one workflow can tell of itself. */
const MOST_TRIALS = 1000;

const direction = z.enum(['maximize', 'minimize']);
/** In hours; 0: without end. */
const budget = z.number().min(0).default(0);

/** Successive halving, in its asynchronous form. */
const asha = z.strictObject({
  /** The param that says how long a trial trains, such as `finetuning.num_epochs`. */
  resource: z.string().min(1),
  /** What a trial begins with. */
  min: z.number().int().min(1).default(1),
  /** What the last ones end with. */
  max: z.number().int().min(1),
  /** One trial in so many is promoted, and gets so many times as much. */
  eta: z.number().int().min(2).default(3),
  /**
   * Given: each trial is begun with `max`, stops at its rung by what its stage reports on the way, and goes on from its checkpoint when
   * it is promoted. Absent: a promoted trial begins anew, and trials are compared by the sweep's metric.
   */
  report: z
    .strictObject({
      metric: z.string().min(1).default('eval_loss'),
      direction: direction.default('minimize'),
    })
    .optional(),
});

/** The median rule, on what running trials report of themselves. */
const earlyStopping = z.strictObject({
  /** As the stage's progress names it. */
  metric: z.string().min(1).default('loss'),
  direction: direction.default('minimize'),
  /** Steps that every trial may make. */
  minSteps: z.number().min(0).default(0),
  /** Trials that must have ended before any is stopped. */
  minTrials: z.number().int().min(1).default(3),
});

const sweepFields = z.strictObject({
  /** `key` (of params.yaml) or `file:key` → the values to try. */
  params: z
    .record(z.string().min(1), paramSpace, { error: 'expected an object of params and the values to try' })
    .refine((params) => Object.keys(params).length > 0, { error: 'expected at least one param' }),
  /** `metrics.json:accuracy`: what trials are compared by. */
  metric: z.string({ error: 'expected file:key, such as metrics.json:accuracy' }).regex(/^.+:.+$/, {
    error: 'expected file:key, such as metrics.json:accuracy',
  }),
  direction: direction.default('maximize'),
  method: z.enum(['grid', 'random', 'asha']).default('grid'),
  /** Params to try; 0: all of a grid, else 10. */
  maxTrials: z.number().int().min(0).max(MOST_TRIALS).default(0),
  /** Of what is drawn at random: equal seeds draw equal trials. */
  seed: z.number().int().min(0).default(0),
  /** Trials that run at once. */
  jobs: z.number().int().min(1).max(500).default(1),
  budgetHours: budget,
  budgetGpuHours: budget,
  asha: asha.optional(),
  earlyStopping: earlyStopping.optional(),
  /** Put the best trial's params, lock and outs into the workspace at the end. */
  applyBest: z.boolean().default(false),
  /** Names the sweep's folder and experiments; '': made from the run's id. */
  name: z
    .string()
    .regex(/^([A-Za-z0-9][A-Za-z0-9_-]{0,59})?$/, { error: 'expected letters, digits, - and _, at most 60' })
    .default(''),
  /** For each trial's `reproduce`. */
  targets: z.array(z.string().min(1)).default([]),
  cpuFallback: z.boolean().default(false),
  labelTimeout: z.number().min(0).default(0),
  heartbeat: z.number().min(1).default(30),
  workspace: sweepWorkspaceField,
  /** Trials that one run of the workflow begins before it continues as new, which keeps its history short. */
  trialsPerRun: z.number().int().min(1).default(200),
  /** What earlier runs of the same sweep did. */
  carried: carriedSweep.optional(),
});

/** The one argument of the workflow `sweep`. What is to be swept, and by which metric, has no default. */
export const sweepInput = sweepFields.superRefine(checkSweep);

/** What `sweep.yaml` may say: nothing that only a command or the workflow knows, and nothing that it must. */
export const sweepFile = sweepFields.omit({ workspace: true, carried: true, trialsPerRun: true }).partial();
