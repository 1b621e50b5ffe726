import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { finetuningConfigSchema, readFinetuningConfig, unusedSettings } from '../../../configs/index.js';
import { checkTargetSettings } from '../../../finetuning/methods/lora/check-targets.js';
import { loraSettings } from '../../../finetuning/methods/lora/configured.js';
import { readNetwork } from '../../../finetuning/models/read-network.js';
import { planTraining } from '../../../finetuning/plan/plan-training.js';
import { checkSettings } from '../../../finetuning/training/check-settings.js';
import { finetune } from '../../../finetuning/training/finetune.js';
import { writeFiles } from '../../rig/project.js';
import { tinyPictureProject } from './tiny-pictures.js';

const configOf = (settings: object) =>
  finetuningConfigSchema.parse({ method: 'full', model_name: 'model', seed: 0, ...settings });

describe('what a model cannot do', () => {
  it.each([
    ['image-classification', { neftune_noise_alpha: 5 }, 'neftune_noise_alpha'],
    ['image-classification', { gradient_checkpointing: true }, 'gradient_checkpointing'],
    ['image-classification', { dropout: 0.1 }, 'dropout'],
    ['image-classification', { max_length: 64 }, 'max_length'],
    ['image-classification', { packing: true }, 'packing'],
    ['text-classification', { packing: true }, 'packing'],
    ['text-classification', { train_on_prompt: true }, 'train_on_prompt'],
    ['text-classification', { image_size: 64 }, 'image_size'],
    ['causal-lm', { augmentation: { horizontal_flip: 0.5 } }, 'augmentation.horizontal_flip'],
    ['causal-lm', { augmentation: { random_resized_crop: {} } }, 'augmentation.random_resized_crop'],
    ['causal-lm', { augmentation: { pad_and_crop: 2 } }, 'augmentation.pad_and_crop'],
  ] as const)('%s: %j is refused', (task, settings, name) => {
    expect(() => checkSettings(configOf(settings), task)).toThrow(
      expect.objectContaining({
        code: 'bad-config',
        message: expect.stringContaining(`finetuning.${name} would do nothing`) as string,
        fix: expect.stringContaining(`remove ${name}`) as string,
      }) as Error,
    );
  });

  it.each(['text-classification', 'causal-lm', 'image-classification'] as const)(
    'what %s is by default, and what it can do, is not',
    (task) => {
      checkSettings(configOf({ dropout: 0 }), task);
      if (task === 'image-classification')
        checkSettings(configOf({ image_size: 64, augmentation: { horizontal_flip: 0.5 } }), task);
      else
        checkSettings(
          configOf({ neftune_noise_alpha: 5, gradient_checkpointing: true, max_length: 64 }),
          task,
        );
    },
  );

  it('is refused where it is written, before anything is done', async () => {
    const root = await tinyPictureProject({ gradient_checkpointing: true });
    const refused = (line: string, file: string) =>
      expect.objectContaining({
        code: 'bad-config',
        at: expect.objectContaining({ file, column: expect.any(Number) as number, source: line }) as object,
      }) as Error;
    const options = () => ({
      ...readFinetuningConfig(root),
      trainFile: join(root, 'data/finetuning/train.jsonl'),
      valFile: join(root, 'data/finetuning/val.jsonl'),
      modelDir: join(root, 'model'),
      projectDir: root,
    });
    const preset = 'configs/finetuning/tiny.yaml';
    await expect(planTraining(options())).rejects.toEqual(refused('gradient_checkpointing: true', preset));
    const params = 'finetuning:\n  preset: tiny\n  gradient_checkpointing: false\n  neftune_noise_alpha: 5\n';
    writeFiles(root, { 'params.yaml': params });
    const training = finetune({
      ...options(),
      outputDir: join(root, 'out'),
      checkpoints: { under: join(root, 'checkpoints') },
      onEvent: () => undefined,
    });
    await expect(training).rejects.toEqual(refused('  neftune_noise_alpha: 5', 'params.yaml'));
    rmSync(root, { recursive: true });
  });
});

describe('what another setting leaves without effect', () => {
  it.each([
    [{ sgd_momentum: 0.9 }, ['sgd_momentum (optim is adamw_torch)']],
    [{ optim: 'sgd', sgd_momentum: 0.9 }, []],
    [{ optim: 'adam', adam_beta1: 0.8, lion_beta1: 0.8 }, ['lion_beta1 (optim is adam)']],
    [
      { optim: 'adafactor', adafactor_warmup_init: true },
      ['adafactor_warmup_init (adafactor_relative_step is false)'],
    ],
    [
      { optim: 'adafactor', adafactor_relative_step: true, warmup_steps: 5 },
      ['warmup_steps (adafactor_relative_step works out the rate)'],
    ],
    [{ lr_scheduler_kwargs: { power: 2 } }, ['lr_scheduler_kwargs.power (lr_scheduler_type is linear)']],
    [{ lr_scheduler_type: 'polynomial', lr_scheduler_kwargs: { power: 2 } }, []],
    [{ warmup_steps: 5, warmup_ratio: 0.1 }, ['warmup_ratio (warmup_steps is set)']],
    [{ eval_strategy: 'no', eval_steps: 5 }, ['eval_steps (eval_strategy is no)']],
    [{ early_stopping_threshold: 0.1 }, ['early_stopping_threshold (early_stopping_patience is null)']],
    [{ save_strategy: 'epoch', save_steps: 5 }, ['save_steps (save_strategy is epoch)']],
    [{ save_epochs_limit: 2 }, ['save_epochs_limit (save_epochs is false)']],
  ])('%j: is named', (settings, expected) => {
    expect(unusedSettings(configOf(settings))).toEqual(expected);
  });
});

describe('LoRA’s settings for layers that there are none of', () => {
  const fixtures = 'tests/finetuning/fixtures';
  const check = (folder: string, settings: object): void => {
    const network = readNetwork(`${fixtures}/${folder}/model`, ['a', 'b', 'c']);
    const config = configOf({ method: 'lora', ...settings });
    checkTargetSettings(network, loraSettings(config as Parameters<typeof loraSettings>[0], network));
  };

  it.each([
    ['bert-tiny', { rank_pattern: { 'layer.9.*.query': 2 } }, /rank_pattern: no layer/],
    ['bert-tiny', { alpha_pattern: { key: 2 } }, /alpha_pattern: no layer/],
    ['resnet-tiny', { target_modules: ['convolution'], bias: 'lora_only' }, /bias: none of the layers/],
  ])('%s: %j', (folder, settings, message) => {
    expect(() => check(folder, settings)).toThrow(
      expect.objectContaining({
        code: 'bad-target-modules',
        message: expect.stringMatching(message) as string,
      }) as Error,
    );
  });

  it('and not for those that there are', () => {
    check('bert-tiny', { rank_pattern: { query: 2 }, alpha_pattern: { value: 2 }, bias: 'lora_only' });
  });
});
