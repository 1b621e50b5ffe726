import type { FinetuningConfig } from '../../../configs/index.js';

/** What a schedule may follow from, beside the number of the step. */
export interface Course {
  /** Steps until the rate is at its peak, and in all. */
  readonly warmup: number;
  readonly total: number;
  readonly peak: number;
  readonly settings: FinetuningConfig['lr_scheduler_kwargs'];
}

/** Share of the peak after `done` updates, of which there have been at least `warmup`. */
export type Decay = (done: number, course: Course) => number;

/** 0 at the end of the warmup, 1 at the end. */
function progress(done: number, { warmup, total }: Course): number {
  return (done - warmup) / Math.max(1, total - warmup);
}

const wave = (turns: number): number => 0.5 * (1 + Math.cos(Math.PI * turns));

export const constant: Decay = () => 1;

export const linear: Decay = (done, course) => Math.max(0, 1 - progress(done, course));

/** With `num_cycles` ½: down to 0 once. */
export const cosine: Decay = (done, course) =>
  Math.max(0, wave((course.settings.num_cycles ?? 0.5) * 2 * progress(done, course)));

export const cosineWithRestarts: Decay = (done, course) => {
  const at = progress(done, course);
  return at >= 1 ? 0 : Math.max(0, wave(((course.settings.num_cycles ?? 1) * at) % 1));
};

export const cosineWithMinimum: Decay = (done, course) => {
  const { num_cycles: cycles, min_lr_rate: least } = course.settings;
  return Math.max(0, wave((cycles ?? 0.5) * 2 * progress(done, course)) * (1 - least) + least);
};

/** Down to `lr_end`, which is a rate and not a share. */
export const polynomial: Decay = (done, { warmup, total, peak, settings }) => {
  const { lr_end: end, power } = settings;
  if (done >= total) return end / peak;
  const remaining = 1 - (done - warmup) / (total - warmup);
  return ((peak - end) * remaining ** power + end) / peak;
};

/** 1/√t from the end of the warmup on, where t is 1 there and grows by 1 each `timescale` steps. */
export const inverseSquareRoot: Decay = (done, { warmup, settings }) => {
  const timescale = settings.timescale ?? (warmup || 10_000);
  return 1 / Math.sqrt((done + timescale - warmup) / timescale);
};
