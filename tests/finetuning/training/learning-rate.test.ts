import { readFileSync } from 'node:fs';
import { finetuningConfigSchema } from '../../../configs/index.js';
import { learningRateAt } from '../../../finetuning/training/schedules/learning-rate.js';

interface Expected {
  readonly lr_scheduler_type: string;
  readonly lr_scheduler_kwargs: Readonly<Record<string, unknown>>;
  readonly warmup_steps: number;
  readonly rates: readonly number[];
}

const { total, peak, schedules } = JSON.parse(
  readFileSync('tests/finetuning/fixtures/optimizers/schedules.json', 'utf8'),
) as { readonly total: number; readonly peak: number; readonly schedules: readonly Expected[] };

function ratesOf(settings: object, steps = total): number[] {
  const config = finetuningConfigSchema.parse({
    method: 'full',
    model_name: 'model',
    seed: 0,
    learning_rate: peak,
    ...settings,
  });
  return Array.from({ length: steps }, (_, step) => learningRateAt(config, step, total));
}

describe('learning rates', () => {
  it.each(schedules.map(({ rates, ...settings }) => [JSON.stringify(settings), settings, rates] as const))(
    'are the reference’s: %s',
    (_name, settings, rates) => {
      ratesOf(settings).forEach((rate, step) => expect(rate).toBeCloseTo(rates[step] as number, 12));
    },
  );

  it('of constant and constant_with_warmup are the same', () => {
    const warmup_steps = 4;
    expect(ratesOf({ lr_scheduler_type: 'constant', warmup_steps })).toEqual(
      ratesOf({ lr_scheduler_type: 'constant_with_warmup', warmup_steps }),
    );
  });

  it('warm up for a share of the steps, rounded up', () => {
    expect(ratesOf({ warmup_ratio: 0.17 })).toEqual(ratesOf({ warmup_steps: 6 }));
    expect(ratesOf({ warmup_ratio: 0.5, warmup_steps: 6 })).toEqual(ratesOf({ warmup_steps: 6 }));
  });

  it('stay at the end after the last step', () => {
    for (const lr_scheduler_type of ['linear', 'polynomial', 'one_cycle', 'cosine_with_restarts'])
      expect(ratesOf({ lr_scheduler_type }, total + 3).at(-1)).toBeCloseTo(0, 6);
  });
});
