import { finetuningConfigSchema, type FinetuningConfig } from '../../../configs/index.js';
import { fullMethod } from '../../../finetuning/methods/full.js';
import { checkGroups } from '../../../finetuning/training/optimizers/create-optimizer.js';
import { classificationBatch } from '../parity/classification-batch.js';
import { describeParity, type Cell } from '../parity/rig.js';

/** fixtures/optimizers.py: each update takes two batches, which differ in their numbers of rows. */
const ROWS = 5;
const WIDTH = 9;

const cases: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  adamw: { optim: 'adamw_torch' },
  adam: { optim: 'adam' },
  sgd: { optim: 'sgd' },
  momentum: { optim: 'sgd', sgd_momentum: 0.9 },
  nesterov: { optim: 'sgd', sgd_momentum: 0.9, sgd_nesterov: true },
  adafactor: { optim: 'adafactor' },
  adafactor_scaled: {
    optim: 'adafactor',
    adafactor_scale_parameter: true,
    adafactor_beta1: 0.8,
    adafactor_clip_threshold: 0.7,
    adafactor_decay_rate: -0.6,
    adafactor_eps: [1e-28, 0.5],
  },
  // The rate that it works out itself, in place of the schedule.
  adafactor_relative: {
    optim: 'adafactor',
    adafactor_relative_step: true,
    adafactor_warmup_init: true,
    adafactor_scale_parameter: true,
  },
  lion: { optim: 'lion' },
  smoothed: { label_smoothing_factor: 0.2 },
  averaged: { ema_decay: 0.8 },
  groups: {
    param_groups: [
      { match: '^classifier\\.', learning_rate: 0.05, weight_decay: 0.03 },
      { match: 'classifier', learning_rate: 1 },
    ],
  },
};

for (const [name, settings] of Object.entries(cases)) {
  const cell: Cell = {
    folder: 'optimizers',
    modelFolder: 'bert-tiny',
    method: name,
    labels: ['a', 'b', 'c'],
    rows: ROWS,
    width: WIDTH,
    accumulation: 2,
    makeMethod: (network) => fullMethod(network.shapes),
    ownName: (stored) => stored,
    toBatch: (batch) => classificationBatch(batch, ROWS, WIDTH),
    isRounding: (own) => own.endsWith('.key.bias'),
    settings,
  };
  describeParity(cell);
}

const configOf = (settings: object): FinetuningConfig =>
  finetuningConfigSchema.parse({ method: 'full', model_name: 'model', seed: 0, ...settings });

describe('settings that contradict each other or the model', () => {
  it('name the group that matches nothing', () => {
    const config = configOf({ param_groups: [{ match: '^head', learning_rate: 1 }] });
    expect(() => checkGroups(config, ['classifier.weight'])).toThrow(
      expect.objectContaining({
        code: 'bad-param-groups',
        message: expect.stringContaining('nothing that trains matches entry 0') as string,
      }),
    );
  });

  it.each([
    [{ sgd_nesterov: true }, /needs a sgd_momentum above 0/],
    [{ learning_rate: 0, param_groups: [{ match: 'a', learning_rate: 1 }] }, /which is 0/],
    [{ param_groups: [{ match: '(' }] }, /must be a regular expression/],
    [{ lr_scheduler_type: 'polynomial', learning_rate: 1e-8 }, /must be less than learning_rate/],
  ])('are refused: %j', (settings, message) => {
    expect(() => configOf(settings)).toThrow(message);
  });
});
