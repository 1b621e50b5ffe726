import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadFinetuningConfig } from '../../../configs/index.js';
import { finetune, type FinetuneResult } from '../../../finetuning/index.js';
import { tinyProject } from './tiny-project.js';

/** PEFT's own adapter, and what it was made with. */
const ADAPTER = 'tests/finetuning/fixtures/bert-tiny/lora-dora';
const settings = {
  adapter_name_or_path: 'adapter',
  lora_r: 4,
  lora_alpha: 6,
  target_modules: ['value', 'intermediate.dense'],
  use_dora: true,
};

function project(config: object): string {
  const root = tinyProject({ config: { ...settings, ...config } });
  cpSync(ADAPTER, join(root, 'adapter'), { recursive: true });
  return root;
}

/** As the command does it. */
function train(root: string, lossSeen: (loss: number) => void = () => undefined): Promise<FinetuneResult> {
  return finetune({
    config: loadFinetuningConfig(root),
    trainFile: join(root, 'data/finetuning/train.jsonl'),
    valFile: join(root, 'data/finetuning/val.jsonl'),
    outputDir: join(root, 'models/checkpoints'),
    checkpoints: { under: join(root, 'checkpoints') },
    modelDir: join(root, 'model'),
    projectDir: root,
    adapterDir: join(root, 'adapter'),
    onEvent: (event) => {
      if (event.kind === 'step') lossSeen(event.loss);
    },
  });
}

describe('a training that goes on from an adapter of PEFT’s', () => {
  it('starts with its values, to the byte', async () => {
    const root = project({ learning_rate: 0, max_steps: 1 });
    await train(root);
    const [theirs, ours] = ['adapter', 'models/checkpoints/best_model'].map((folder) =>
      readFileSync(join(root, folder, 'adapter_model.safetensors')),
    );
    expect(ours?.equals(theirs as Buffer)).toBe(true);
    rmSync(root, { recursive: true });
  });

  it('learns from there, and can be gone on from again', async () => {
    const root = project({ max_steps: 12 });
    const first = await train(root);
    cpSync(join(root, 'models/checkpoints/best_model'), join(root, 'adapter'), { recursive: true });
    const second = await train(root);
    expect(second.best?.loss).toBeLessThan(first.best?.loss as number);
    // A folder of ours knows its labels.
    writeFileSync(join(root, 'adapter/labels.json'), '["animal","place","tool"]');
    await expect(train(root)).rejects.toMatchObject({ code: 'labels-differ' });
    rmSync(root, { recursive: true });
  });

  it.each([
    ['target_modules', { target_modules: ['value'] }],
    ['lora_r', { lora_r: 8, lora_alpha: 12 }],
    ['lora_alpha', { use_rslora: true }],
    ['use_dora', { use_dora: false }],
    ['modules_to_save and bias', { bias: 'lora_only' }],
  ])('is refused where its settings are others: %s', async (key, config) => {
    const root = project(config);
    await expect(train(root)).rejects.toMatchObject({
      code: expect.stringMatching(/adapter-differs/) as string,
      message: expect.stringContaining(key) as string,
    });
    rmSync(root, { recursive: true });
  });

  it('is refused where there is none', async () => {
    const root = project({});
    rmSync(join(root, 'adapter'), { recursive: true });
    await expect(train(root)).rejects.toMatchObject({ code: 'bad-adapter' });
    rmSync(root, { recursive: true });
  });
});

it('new weights that do not train are refused', async () => {
  const root = project({ adapter_name_or_path: null, modules_to_save: [] });
  const config = loadFinetuningConfig(root);
  // The head that the model has is for three labels: of two it is a new one.
  const file = join(root, 'data/finetuning/train.jsonl');
  const two = readFileSync(file, 'utf8').split('\n').filter((line) => !line.includes('"thing"')).join('\n'); // prettier-ignore
  writeFileSync(file, two);
  const training = finetune({
    config,
    trainFile: file,
    valFile: file,
    outputDir: join(root, 'out'),
    checkpoints: { under: join(root, 'checkpoints') },
    modelDir: join(root, 'model'),
    projectDir: root,
    onEvent: () => undefined,
  });
  await expect(training).rejects.toMatchObject({
    code: 'untrained-weights',
    message: expect.stringContaining('classifier.weight') as string,
  });
  rmSync(root, { recursive: true });
});
