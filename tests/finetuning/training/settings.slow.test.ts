import { jest } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { trainTiny as trained, type Trained } from './train-tiny.js';

/** Several whole trainings per test. */
jest.setTimeout(300_000);

const short = { max_steps: 9, eval_steps: 4, save_steps: 3 };

describe('a training that is ended and taken up again ends in the same bytes', () => {
  it.each([
    [
      'Adafactor, averages, smoothing and noise',
      {
        optim: 'adafactor',
        adafactor_beta1: 0.5,
        ema_decay: 0.9,
        label_smoothing_factor: 0.1,
        neftune_noise_alpha: 5,
      },
    ],
    [
      'Lion over two batches a step, a head of its own rate',
      {
        optim: 'lion',
        learning_rate: 1e-3,
        gradient_accumulation_steps: 2,
        param_groups: [{ match: '^classifier', learning_rate: 1e-2 }],
      },
    ],
    [
      'SGD with momentum, one cycle',
      { optim: 'sgd', sgd_momentum: 0.9, lr_scheduler_type: 'one_cycle', warmup_steps: 0 },
    ],
  ])('with %s', async (_name, settings) => {
    const config = { ...short, ...settings };
    const [whole, parts] = [await trained(config), await trained(config, 5)];
    expect(Object.keys(whole.files)).toContain('/out/best_model/adapter_model.safetensors');
    expect(parts.files).toEqual(whole.files);
  });
});

it('averages are what is evaluated and saved', async () => {
  const [plain, averaged] = [await trained(short), await trained({ ...short, ema_decay: 0.9 })];
  const losses = ({ events }: Trained, kind: string): number[] =>
    events.flatMap((event) => (event.kind === kind && 'loss' in event ? [event.loss] : []));
  expect(losses(averaged, 'step')).toEqual(losses(plain, 'step'));
  expect(losses(averaged, 'evaluated')).not.toEqual(losses(plain, 'evaluated'));
  const model = '/out/best_model/adapter_model.safetensors';
  expect(averaged.files[model]).not.toBe(plain.files[model]);
});

describe('models of epochs', () => {
  // 100 rows: four updates an epoch.
  const config = { batch_size: 32, num_epochs: 3, eval_steps: null, save_epochs: true };

  it('are kept beside the best one, by trainings that were ended as well', async () => {
    const whole = await trained(config);
    expect(whole.events).toContainEqual(
      expect.objectContaining({
        kind: 'log',
        message: expect.stringMatching(/^epoch 1: .*epoch_1$/) as string,
      }),
    );
    const folders = new Set(Object.keys(whole.files).map((name) => name.split('/')[2]));
    expect([...folders].sort()).toEqual(['best_model', 'epoch_1', 'epoch_2', 'epoch_3', 'training.json']);
    const weights = [1, 2, 3].map((epoch) => whole.files[`/out/epoch_${epoch}/adapter_model.safetensors`]);
    expect(new Set(weights).size).toBe(3);
    expect(weights).toContain(whole.files['/out/best_model/adapter_model.safetensors']);
    for (const stop of [4, 6]) expect((await trained(config, stop)).files).toEqual(whole.files);
  });

  it('are kept to a number, the oldest going first', async () => {
    const { files, root } = await trained({ ...config, save_epochs_limit: 2, save_strategy: 'epoch' });
    expect(readdirSync(join(root, 'out')).sort()).toEqual([
      'best_model',
      'epoch_2',
      'epoch_3',
      'training.json',
    ]);
    expect(Object.keys(files)).toContain('/out/epoch_2/config.json');
    // Two checkpoints, each of an epoch's end.
    expect(readdirSync(join(root, 'checkpoints')).sort()).toEqual([
      '.best',
      'checkpoint-12',
      'checkpoint-8',
      'epoch_2',
      'epoch_3',
    ]);
  });
});

describe('validations', () => {
  const stepsOf = ({ events }: Trained): number[] =>
    events.flatMap((event) => (event.kind === 'evaluated' ? [event.step] : []));

  it.each([
    ['epoch', null, 2, [4, 8]],
    ['epoch', 3, 2, [3, 4, 6, 8]],
    ['steps', 3, 2, [3, 6, 8]],
    // As the Trainer does, up to the next whole step.
    ['epoch', null, 1.6, [4, 7]],
    ['no', null, 2, []],
  ])('by %s, eval_steps %j, %d epochs', async (eval_strategy, eval_steps, num_epochs, steps) => {
    const config = { batch_size: 32, num_epochs, eval_strategy, eval_steps };
    expect(stepsOf(await trained(config))).toEqual(steps);
  });
});
