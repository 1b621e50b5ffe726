import type { FinetuningConfig } from '../../../configs/index.js';
import {
  constant,
  cosine,
  cosineWithMinimum,
  cosineWithRestarts,
  inverseSquareRoot,
  linear,
  polynomial,
  type Course,
  type Decay,
} from './decays.js';
import { oneCycle } from './one-cycle.js';

const decays: Readonly<Record<Exclude<FinetuningConfig['lr_scheduler_type'], 'one_cycle'>, Decay>> = {
  linear,
  cosine,
  cosine_with_restarts: cosineWithRestarts,
  cosine_with_min_lr: cosineWithMinimum,
  constant,
  constant_with_warmup: constant,
  polynomial,
  inverse_sqrt: inverseSquareRoot,
};

/** What a learning rate follows from. */
export type ScheduleConfig = Pick<
  FinetuningConfig,
  | 'learning_rate'
  | 'lr_scheduler_type'
  | 'lr_scheduler_kwargs'
  | 'warmup_steps'
  | 'warmup_ratio'
  | 'optim'
  | 'adafactor_relative_step'
  | 'adafactor_warmup_init'
>;

/**
 * The learning rate of one update, as the Hugging Face Trainer schedules it: `done` counts the updates finished before,
 * so that with a warmup the first one has rate 0.
 */
export function learningRateAt(config: ScheduleConfig, done: number, total: number): number {
  if (config.optim === 'adafactor' && config.adafactor_relative_step)
    return relativeStep(done + 1, config.adafactor_warmup_init);
  const { learning_rate: peak, lr_scheduler_type: type } = config;
  const warmup = config.warmup_steps > 0 ? config.warmup_steps : Math.ceil(config.warmup_ratio * total);
  const course: Course = { warmup, total, peak, settings: config.lr_scheduler_kwargs };
  if (type === 'one_cycle') return peak * oneCycle(done, course);
  return peak * (done < warmup ? done / Math.max(1, warmup) : decays[type](done, course));
}

/** Adafactor's own: at most 0.01, later 1/√step; with a warmup it begins at a millionth per step. */
function relativeStep(step: number, warmsUp: boolean): number {
  return Math.min(warmsUp ? 1e-6 * step : 1e-2, 1 / Math.sqrt(step));
}
