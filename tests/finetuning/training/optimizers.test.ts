import { finetuningConfigSchema } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { fullMethod } from '../../../finetuning/methods/full.js';
import { createOptimizer } from '../../../finetuning/training/optimizers/create-optimizer.js';
import { describeParity, type Cell, type CellBatch } from '../parity/rig.js';

/** fixtures/optimizers.py: each update takes two batches, which differ in their numbers of rows. */
const ROWS = 5;
const WIDTH = 9;

function configOf(settings: Readonly<Record<string, unknown>>) {
  return finetuningConfigSchema.parse({
    method: 'full',
    model_name: 'model',
    warmup_steps: 0,
    num_epochs: 1,
    batch_size: ROWS,
    max_length: WIDTH,
    seed: 0,
    ...settings,
  });
}

/** Rows that are missing are padding, none of which counts. */
function toBatch(batch: Readonly<Record<string, unknown>>): CellBatch {
  const { input_ids, attention_mask, labels } = batch as {
    readonly input_ids: number[][];
    readonly attention_mask: number[][];
    readonly labels: number[];
  };
  const counted = new Float32Array(ROWS).fill(1, 0, labels.length);
  const inputs = {
    input_ids: new Int32Array(ROWS * WIDTH),
    attention_mask: new Float32Array(ROWS * WIDTH),
  };
  inputs.input_ids.set(input_ids.flat());
  inputs.attention_mask.set(attention_mask.flat());
  const padded = new Int32Array(ROWS);
  padded.set(labels);
  return { inputs, labels: padded, counted };
}

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
  lion: { optim: 'lion' },
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
    toBatch,
    isRounding: (own) => own.endsWith('.key.bias'),
    makeOptimizer: ({ learning_rate, weight_decay }, trainable, isDecayed) =>
      createOptimizer(configOf({ learning_rate, weight_decay, ...settings }), trainable, isDecayed),
  };
  describeParity(cell);
}

describe('param_groups', () => {
  const make = (settings: object): unknown =>
    createOptimizer(configOf({ ...settings }), ['classifier.weight'], () => true);

  it('must match something that trains', () => {
    const mistaken = (): unknown => make({ param_groups: [{ match: '^head', learning_rate: 1 }] });
    expect(mistaken).toThrow(DiagnosticError);
    expect(mistaken).toThrow(/nothing that trains matches entry 0/);
  });

  it('cannot scale a rate of 0', () => {
    const mistaken = (): unknown =>
      make({ learning_rate: 0, param_groups: [{ match: 'classifier', learning_rate: 1 }] });
    expect(mistaken).toThrow(/learning_rate itself is 0/);
  });
});
