import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { backend } from '../../../compute/native/backend.js';
import { loadFinetuningConfig } from '../../../configs/index.js';
import { finetune } from '../../../finetuning/training/finetune.js';
import { tinyGpt2 } from './tiny-gpt2.js';
import { tinyPictureProject } from './tiny-pictures.js';
import { tinyProject } from './tiny-project.js';

jest.setTimeout(1_800_000);

/** More by hand: `REPRISE_MEMORY_STEPS=1000` is what docs/log.md has figures of. */
const STEPS = Number(process.env.REPRISE_MEMORY_STEPS ?? 300);
/** By then each graph has run, each pool has its size, and a checkpoint has been written. */
const SETTLED = 100;

const common = {
  max_steps: STEPS,
  num_epochs: 1000,
  save_steps: 90,
  eval_steps: 90,
  logging_steps: 50,
};

const projects: Readonly<Record<string, () => string | Promise<string>>> = {
  'gpt2-tiny, full, accumulated': () =>
    tinyProject({ config: { ...common, gradient_accumulation_steps: 2 } }, tinyGpt2),
  'bert-tiny, LoRA, bfloat16': () => tinyProject({ config: { ...common, bf16: true } }),
  'resnet-tiny, QLoRA': () =>
    tinyPictureProject({ ...common, method: 'qlora', lora_r: 4, target_modules: ['convolution'] }),
};

interface Sample {
  /** Bytes of the process that are in memory. */
  readonly resident: number;
  /** Tensors that the native library holds for JavaScript. */
  readonly tensors: number;
}

/** After each step from {@link SETTLED} on. */
async function samplesOf(root: string): Promise<Sample[]> {
  const samples: Sample[] = [];
  const result = await finetune({
    config: loadFinetuningConfig(root),
    projectDir: root,
    trainFile: join(root, 'data/finetuning/train.jsonl'),
    valFile: join(root, 'data/finetuning/val.jsonl'),
    outputDir: join(root, 'out'),
    checkpoints: { folder: join(root, 'checkpoints') },
    modelDir: join(root, 'model'),
    onEvent(event) {
      if (event.kind !== 'step' || event.step < SETTLED) return;
      samples.push({ resident: process.memoryUsage.rss(), tensors: backend.binding.getNumOfTensors() });
    },
  });
  expect(result).toMatchObject({ status: 'finished', steps: STEPS });
  return samples;
}

/** Of the line through the samples: bytes a step. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [along, apart] = [0, 0];
  for (const [at, value] of values.entries()) {
    along += (at - middle) * (value - mean);
    apart += (at - middle) ** 2;
  }
  return along / apart;
}

const MIB = 2 ** 20;

describe('memory of a training', () => {
  it.each(Object.keys(projects))('%s: stays what it is', async (name) => {
    const root = await (projects[name] as (typeof projects)[string])();
    const samples = await samplesOf(root);
    rmSync(root, { recursive: true });
    const resident = samples.map((sample) => sample.resident);
    const [first, last] = [resident[0] as number, resident.at(-1) as number];
    const slope = slopeOf(resident);
    console.log(
      `${name}, ${STEPS} steps: ${(first / MIB).toFixed(0)} MiB at step ${SETTLED}, ${(last / MIB).toFixed(0)} at the end, ` +
        `${((slope * 1000) / MIB).toFixed(1)} MiB per thousand steps`,
    );
    expect(new Set(samples.map(({ tensors }) => tensors)).size).toBe(1);
    // JavaScript's heap breathes by some 20 MiB.
    expect(slope * samples.length).toBeLessThan(40 * MIB);
    expect(last - first).toBeLessThan(64 * MIB);
  });
});
