import { z } from 'zod';

/** Of single schedules; names as in transformers' and torch's. */
const scheduleDetails = z.strictObject({
  /** Of the cosines: waves. `null`: ½ for cosine and cosine_with_min_lr (down once), 1 for cosine_with_restarts. */
  num_cycles: z.number().positive().nullable().default(null),
  /** Of cosine_with_min_lr: the share of the learning rate that it ends at. */
  min_lr_rate: z.number().min(0).max(1).default(0.1),
  /** Of polynomial: the rate it ends at. */
  lr_end: z.number().min(0).default(1e-7),
  /** Of polynomial: its power; 1 is a straight line. */
  power: z.number().positive().default(1),
  /** Of inverse_sqrt, in steps; `null`: the warmup's, or 10,000 without one. */
  timescale: z.int().min(1).nullable().default(null),
  /** Of one_cycle: the share of the steps in which the rate rises, unless a warmup is set. */
  pct_start: z.number().min(0).max(1).default(0.3),
  /** Of one_cycle: it begins at learning_rate / this. */
  div_factor: z.number().positive().default(25),
  /** Of one_cycle: it ends at the rate it began with / this. */
  final_div_factor: z.number().positive().default(1e4),
  /** Of one_cycle: `cos`, or `linear`. */
  anneal_strategy: z.enum(['cos', 'linear']).default('cos'),
  /** Of one_cycle: fall as long as it rose, back to where it began, before the last fall. */
  three_phase: z.boolean().default(false),
});

/** How the learning rate changes from step to step. */
export const scheduleSettings = {
  /**
   * After the warmup: `linear` and `cosine` fall to 0, `constant` (or `constant_with_warmup`) stays. Others:
   * `cosine_with_restarts`, `cosine_with_min_lr`, `polynomial`, `inverse_sqrt`, `one_cycle`.
   */
  lr_scheduler_type: z
    .enum([
      'linear',
      'cosine',
      'cosine_with_restarts',
      'cosine_with_min_lr',
      'constant',
      'constant_with_warmup',
      'polynomial',
      'inverse_sqrt',
      'one_cycle',
    ])
    .default('linear'),
  /** What single schedules need beside. */
  lr_scheduler_kwargs: scheduleDetails.prefault({}),
  /** Steps in which the learning rate rises from 0. */
  warmup_steps: z.int().min(0).default(0),
  /** The same as a share of all steps, where warmup_steps is 0. */
  warmup_ratio: z.number().min(0).max(1).default(0),
};
