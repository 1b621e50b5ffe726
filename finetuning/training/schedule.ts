import type { FinetuningConfig } from '../../configs/index.js';

/**
 * The learning rate of one update, as the Hugging Face Trainer schedules it: `done` counts the updates finished before,
 * so that with a warmup the first one has rate 0.
 */
export function learningRateAt(
  config: Pick<FinetuningConfig, 'learning_rate' | 'lr_scheduler_type' | 'warmup_steps'>,
  done: number,
  total: number,
): number {
  const { learning_rate: peak, lr_scheduler_type: type, warmup_steps: warmup } = config;
  if (done < warmup) return (peak * done) / Math.max(1, warmup);
  if (type === 'constant') return peak;
  const progress = Math.min(1, (done - warmup) / Math.max(1, total - warmup));
  return type === 'linear' ? peak * (1 - progress) : peak * 0.5 * (1 + Math.cos(Math.PI * progress));
}
