import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadFinetuningConfig } from '../../../configs/index.js';
import { finetune } from '../../../finetuning/training/finetune.js';
import type { TrainingEvent } from '../../../finetuning/training/training-events.js';
import { tinyProject } from './tiny-project.js';

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

interface Trained {
  readonly events: readonly TrainingEvent[];
  /** sha256 of each file of the output. */
  readonly files: Readonly<Record<string, string>>;
}

/** Trains the tiny project; with `stopAt`, in two parts, of which the first ends after that step. */
async function trained(config: object, stopAt?: number): Promise<Trained> {
  const root = tinyProject({ config });
  roots.push(root);
  const events: TrainingEvent[] = [];
  const part = (controller: AbortController): ReturnType<typeof finetune> =>
    finetune({
      config: loadFinetuningConfig(root),
      trainFile: join(root, 'data/finetuning/train.jsonl'),
      valFile: join(root, 'data/finetuning/val.jsonl'),
      outputDir: join(root, 'out'),
      checkpoints: { folder: join(root, 'checkpoints') },
      modelDir: join(root, 'model'),
      signal: controller.signal,
      onEvent(event) {
        events.push(event);
        if (event.kind === 'step' && event.step === stopAt) controller.abort();
      },
    });
  if (stopAt !== undefined)
    expect(await part(new AbortController())).toMatchObject({ status: 'interrupted', steps: stopAt });
  expect(await part(new AbortController())).toMatchObject({ status: 'finished' });
  const files = readdirSync(join(root, 'out'), { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
  return {
    events,
    files: Object.fromEntries(files.map((path) => [path.slice(root.length), digest(path)])),
  };
}

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
