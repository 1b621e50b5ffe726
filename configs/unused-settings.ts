import { finetuningConfigSchema, type FinetuningConfig } from './finetuning-config.js';

type Schedule = FinetuningConfig['lr_scheduler_type'];

/** Keys of an optimizer begin so. */
const OF_OPTIMIZER: Readonly<Record<string, readonly FinetuningConfig['optim'][]>> = {
  adam_: ['adamw_torch', 'adam'],
  sgd_: ['sgd'],
  adafactor_: ['adafactor'],
  lion_: ['lion'],
};

const COSINES = ['cosine', 'cosine_with_restarts', 'cosine_with_min_lr'] as const;
const OF_SCHEDULE: Readonly<Record<keyof FinetuningConfig['lr_scheduler_kwargs'], readonly Schedule[]>> = {
  num_cycles: COSINES,
  min_lr_rate: ['cosine_with_min_lr'],
  lr_end: ['polynomial'],
  power: ['polynomial'],
  timescale: ['inverse_sqrt'],
  pct_start: ['one_cycle'],
  div_factor: ['one_cycle'],
  final_div_factor: ['one_cycle'],
  anneal_strategy: ['one_cycle'],
  three_phase: ['one_cycle'],
};

/** Of adafactor's own rate. */
const RATES = ['learning_rate', 'lr_scheduler_type', 'warmup_steps', 'warmup_ratio'] as const;

/**
 * Settings that another choice leaves without effect, each with that choice: `sgd_momentum (optim is adamw_torch)`. They
 * are no errors: a sweep over optimizers has those of all. But who set them ought to hear of it. What has its default value
 * may not have been written at all, and is left out.
 */
export function unusedSettings(config: FinetuningConfig): string[] {
  const { method, model_name, seed } = config;
  const usual = finetuningConfigSchema.parse({ method, model_name, seed });
  const differs = (key: keyof FinetuningConfig): boolean =>
    JSON.stringify(config[key]) !== JSON.stringify(usual[key]);
  const found: string[] = [];
  const unless = (isUsed: boolean, key: keyof FinetuningConfig, why: string): void => {
    if (!isUsed && differs(key)) found.push(`${key} (${why})`);
  };
  const { optim, lr_scheduler_type: schedule, lr_scheduler_kwargs: details } = config;
  for (const key of Object.keys(config) as (keyof FinetuningConfig)[])
    for (const [prefix, optimizers] of Object.entries(OF_OPTIMIZER))
      if (key.startsWith(prefix)) unless(optimizers.includes(optim), key, `optim is ${optim}`);
  const ownRate = optim === 'adafactor' && config.adafactor_relative_step;
  for (const key of RATES) unless(!ownRate, key, 'adafactor_relative_step works out the rate');
  unless(ownRate || optim !== 'adafactor', 'adafactor_warmup_init', 'adafactor_relative_step is false');
  for (const [key, schedules] of Object.entries(OF_SCHEDULE) as [keyof typeof OF_SCHEDULE, Schedule[]][])
    if (!schedules.includes(schedule) && details[key] !== usual.lr_scheduler_kwargs[key])
      found.push(`lr_scheduler_kwargs.${key} (lr_scheduler_type is ${schedule})`);
  unless(config.warmup_steps === 0, 'warmup_ratio', 'warmup_steps is set');
  unless(config.eval_strategy !== 'no', 'eval_steps', 'eval_strategy is no');
  unless(config.eval_strategy !== 'no', 'metric_for_best_model', 'eval_strategy is no');
  unless(
    config.early_stopping_patience !== null,
    'early_stopping_threshold',
    'early_stopping_patience is null',
  );
  unless(config.save_strategy === 'steps', 'save_steps', 'save_strategy is epoch');
  unless(config.save_epochs, 'save_epochs_limit', 'save_epochs is false');
  return found;
}
