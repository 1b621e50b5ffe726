import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { loadFinetuningConfig } from '../../../configs/index.js';
import { assignInitialWeights } from '../../../finetuning/training/initial-weights.js';
import { prepareTraining, type PreparedTraining } from '../../../finetuning/training/prepare-training.js';
import { learningRateAt } from '../../../finetuning/training/schedules/learning-rate.js';
import type { Tensors } from '../../../finetuning/training/weight-files.js';
import { tinyGpt2 } from './tiny-gpt2.js';
import { tinyPictureProject } from './tiny-pictures.js';
import { tinyProject } from './tiny-project.js';

/**
 * What a checkpoint keeps is all that a training goes on from: put back at any step into a program that has gone further, it
 * ends in the same bytes. That a killed process does so, with its files, is shown by resume.slow.
 */
jest.setTimeout(300_000);
const STEPS = 30;

/**
 * Steps after each step that is put back: what they end in is compared with what was there at that step, from where the next proof goes on to
 * the end. Of every tenth, all steps are done.
 */
const FURTHER = 3;
const ALL_OF_EVERY = 10;

const lora = { lora_r: 4, lora_alpha: 8, lora_dropout: 0.1 };
const ofMethods: Readonly<Record<string, object>> = {
  full: { method: 'full' },
  lora: { method: 'lora', ...lora },
  qlora: { method: 'qlora', ...lora },
  adapter: { method: 'adapter', adapter_type: 'houlsby', reduction_factor: 4, adapter_dropout: 0.1 },
};
const common = {
  warmup_steps: 3,
  learning_rate: 0.005,
  weight_decay: 0.01,
  max_steps: STEPS,
  num_epochs: 12,
};

/** Without the settings of the one method that the tiny projects are made for. */
const others = {
  lora_r: undefined,
  lora_alpha: undefined,
  lora_dropout: undefined,
  target_modules: undefined,
};

const models: Readonly<Record<string, (config: object) => string | Promise<string>>> = {
  bert: (config) => tinyProject({ config: { ...others, ...common, ...config } }),
  gpt2: (config) => tinyProject({ config: { ...common, ...config } }, tinyGpt2),
  resnet: (config) => tinyPictureProject({ ...common, ...config }),
};

interface Moment {
  readonly weights: Tensors;
  readonly optimizer: Tensors;
}

async function steps(
  prepared: PreparedTraining,
  config: ReturnType<typeof loadFinetuningConfig>,
  from: number,
  to: number,
  saw?: (step: number) => void,
): Promise<void> {
  const { session, order } = prepared;
  for (let step = from; step < to; step++) {
    saw?.(step);
    await session.update(step, order.batchesOf(step), learningRateAt(config, step, STEPS));
  }
}

describe.each(Object.keys(models))('%s', (model) => {
  it.each(Object.keys(ofMethods))('%s goes on from each of its steps to the same bytes', async (method) => {
    const targets = model === 'resnet' && method.endsWith('lora') ? { target_modules: ['convolution'] } : {};
    await goesOnFromEachStep(model, { ...ofMethods[method], ...targets });
  });
});

/** Each of these has numbers of its own that a checkpoint has to bring back, or that follow from the pass alone. */
const together = {
  gradient_accumulation_steps: 3,
  bf16: true,
  ema_decay: 0.9,
  label_smoothing_factor: 0.1,
  save_steps: 4,
};
const ofTexts = { ...together, gradient_checkpointing: true, neftune_noise_alpha: 5, group_by_length: true };

it.each([
  ['bert', { ...ofMethods.qlora, ...ofTexts }],
  ['gpt2', { ...ofMethods.full, ...ofTexts, optim: 'adafactor', adafactor_beta1: 0.9 }],
  ['resnet', { ...ofMethods.full, ...together }],
])(
  '%s with dropout, accumulation, bfloat16, averages and all goes on from each step',
  async (model, config) => {
    const widths = await goesOnFromEachStep(model, config, model === 'bert' ? lengthen : undefined);
    // Texts fall into buckets of lengths, each with a graph of its own.
    if (model !== 'resnet') expect(widths).toBeGreaterThan(1);
  },
);

/** Every other text is said four times, so that there are short ones and long ones. */
function lengthen(root: string): void {
  const file = join(root, 'data/finetuning/train.jsonl');
  const rows = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { text: string }); // prettier-ignore
  const longer = rows.map((row, at) => (at % 2 === 0 ? row : { ...row, text: `${row.text} `.repeat(4) }));
  writeFileSync(file, longer.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

/**
 * @param change what is done to the project first
 * @returns how many different widths the batches had
 */
async function goesOnFromEachStep(
  model: string,
  settings: object,
  change?: (root: string) => void,
): Promise<number> {
  const root = await (models[model] as (typeof models)[string])(settings);
  change?.(root);
  const config = loadFinetuningConfig(root);
  const prepared = await prepareTraining({
    config,
    trainFile: join(root, 'data/finetuning/train.jsonl'),
    valFile: join(root, 'data/finetuning/val.jsonl'),
    modelDir: join(root, 'model'),
    projectDir: root,
  });
  const { session, program, order, train } = prepared;
  assignInitialWeights(prepared, config.seed, join(root, 'model'), () => {});
  const moments: Moment[] = [];
  const now = (): Moment => ({
    weights: held(session.liveWeights()),
    optimizer: held(session.liveOptimizerState()),
  });
  await steps(prepared, config, 0, STEPS, () => moments.push(now()));
  moments.push(now());
  // Each step has changed something, so that equal bytes say something.
  for (const [step, { optimizer }] of moments.slice(1).entries())
    expect(sameBytes(optimizer, (moments[step] as Moment).optimizer)).toBe(false);
  expect(sameBytes((moments[0] as Moment).weights, (moments[STEPS] as Moment).weights)).toBe(false);
  for (const [step, { weights, optimizer }] of moments.slice(0, STEPS).entries()) {
    session.restore({ ...weights, ...optimizer });
    const to = step % ALL_OF_EVERY === 0 ? STEPS : Math.min(STEPS, step + FURTHER);
    await steps(prepared, config, step, to);
    const [found, expected] = [now(), moments[to] as Moment];
    const same = sameBytes(found.weights, expected.weights) && sameBytes(found.optimizer, expected.optimizer);
    expect({ step, same }).toEqual({ step, same: true });
  }
  program.dispose();
  rmSync(root, { recursive: true });
  const batches = moments.slice(0, STEPS).flatMap((_, step) => order.batchesOf(step));
  return new Set(batches.map((batch) => train.widthOf(batch))).size;
}

/** As they are at this moment. */
const held = (live: Tensors): Tensors =>
  Object.fromEntries(Object.entries(live).map(([name, { shape, data }]) => [name, { shape, data }]));

function sameBytes(found: Tensors, expected: Tensors): boolean {
  const bytes = ({ data }: { data: Float32Array }): Buffer =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const isSame = Object.keys(found).length === Object.keys(expected).length;
  return (
    isSame &&
    Object.entries(expected).every(
      ([name, tensor]) => found[name] !== undefined && bytes(found[name]).equals(bytes(tensor)),
    )
  );
}
