import { learningRateAt } from '../../../finetuning/training/schedule.js';

const config = { learning_rate: 2, warmup_steps: 4 };

describe('learningRateAt', () => {
  it('rises from 0 and falls to 0, as the linear schedule', () => {
    const rates = Array.from({ length: 13 }, (_, step) =>
      learningRateAt({ ...config, lr_scheduler_type: 'linear' }, step, 12),
    );
    expect(rates).toEqual([0, 0.5, 1, 1.5, 2, 1.75, 1.5, 1.25, 1, 0.75, 0.5, 0.25, 0]);
  });

  it('stays, as the constant one', () => {
    expect(learningRateAt({ ...config, lr_scheduler_type: 'constant' }, 2, 12)).toBe(1);
    expect(learningRateAt({ ...config, lr_scheduler_type: 'constant' }, 11, 12)).toBe(2);
  });

  it('is at half height in the middle of the cosine', () => {
    expect(learningRateAt({ ...config, lr_scheduler_type: 'cosine' }, 8, 12)).toBeCloseTo(1, 12);
    expect(learningRateAt({ ...config, lr_scheduler_type: 'cosine' }, 12, 12)).toBeCloseTo(0, 12);
  });

  it('needs no warmup', () => {
    expect(learningRateAt({ learning_rate: 2, warmup_steps: 0, lr_scheduler_type: 'linear' }, 0, 12)).toBe(2);
  });
});
