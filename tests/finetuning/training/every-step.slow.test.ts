import { rmSync } from 'node:fs';
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

const lora = { lora_r: 4, lora_alpha: 8, lora_dropout: 0.1 };
const ofMethods: Readonly<Record<string, object>> = {
  full: { method: 'full' },
  lora: { method: 'lora', ...lora },
  qlora: { method: 'qlora', ...lora },
  adapter: { method: 'adapter', adapter_type: 'houlsby', reduction_factor: 4, adapter_dropout: 0.1 },
};
const common = { warmup_steps: 3, learning_rate: 0.005, weight_decay: 0.01, max_steps: STEPS, num_epochs: 9 };

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
  saw?: (step: number) => void,
): Promise<void> {
  const { session, order } = prepared;
  for (let step = from; step < STEPS; step++) {
    saw?.(step);
    await session.update(step, order.batchesOf(step), learningRateAt(config, step, STEPS));
  }
}

describe.each(Object.keys(models))('%s', (model) => {
  it.each(Object.keys(ofMethods))('%s goes on from each of its steps to the same bytes', async (method) => {
    const targets = model === 'resnet' && method.endsWith('lora') ? { target_modules: ['convolution'] } : {};
    const root = await (models[model] as (typeof models)[string])({ ...ofMethods[method], ...targets });
    const config = loadFinetuningConfig(root);
    const prepared = await prepareTraining({
      config,
      trainFile: join(root, 'data/finetuning/train.jsonl'),
      valFile: join(root, 'data/finetuning/val.jsonl'),
      modelDir: join(root, 'model'),
      projectDir: root,
    });
    const { session, program } = prepared;
    assignInitialWeights(prepared, config.seed, join(root, 'model'), () => {});
    const moments: Moment[] = [];
    await steps(prepared, config, 0, () =>
      moments.push({ weights: session.readWeights(), optimizer: session.readOptimizerState() }),
    );
    const expected = session.readWeights();
    // It has learned something, so that equal bytes say something.
    expect(moments[0]?.weights).not.toEqual(expected);
    for (const [step, { weights, optimizer }] of moments.entries()) {
      session.restore({ ...weights, ...optimizer });
      await steps(prepared, config, step);
      expect({ step, same: sameBytes(session.readWeights(), expected) }).toEqual({ step, same: true });
    }
    program.dispose();
    rmSync(root, { recursive: true });
  });
});

function sameBytes(found: Tensors, expected: Tensors): boolean {
  const bytes = ({ data }: { data: Float32Array }): Buffer =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Object.entries(expected).every(
    ([name, tensor]) => found[name] !== undefined && bytes(found[name]).equals(bytes(tensor)),
  );
}
