import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { TrainingPlan } from '../../finetuning/index.js';
import { SafetensorsFile } from '../../finetuning/models/safetensors/safetensors-file.js';
import { tinyGpt2 } from '../finetuning/training/tiny-gpt2.js';
import { tinyProject } from '../finetuning/training/tiny-project.js';
import { reprise } from '../rig/reprise.js';

jest.setTimeout(300_000);

const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

const lora = { lora_r: 4, target_modules: null, modules_to_save: null };

describe.each([
  ['full', 'full', {}],
  ['lora', 'lora', lora],
  ['full, with validation that takes more than an update', 'full', { batch_size: 1, eval_batch_size: 1024 }],
])('reprise finetune --plan of a GPT-2, %s', (_name, method, settings) => {
  let root: string;
  let plan: TrainingPlan;
  beforeAll(async () => {
    root = tinyProject({ config: { method, num_epochs: 3, ...settings } }, tinyGpt2);
    const end = await reprise(['finetune', '--plan', '--json'], root);
    expect(end).toMatchObject({ code: 0 });
    plan = JSON.parse(end.stdout.trim().split('\n').at(-1) as string) as TrainingPlan;
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('writes nothing', () => {
    expect(existsSync(join(root, 'models'))).toBe(false);
    expect(existsSync(join(root, '.reprise/checkpoints'))).toBe(false);
  });

  it('is right about what the training then is', async () => {
    const peak = join(root, 'peak');
    const end = await reprise(['finetune', '--json'], root, {
      PEAK: peak,
      NODE_OPTIONS: `--import=${new URL('../rig/peak-memory.mjs', import.meta.url).href}`,
    });
    const result = JSON.parse(end.stdout.trim().split('\n').at(-1) as string) as { total: number };
    expect(plan.steps).toBe(result.total);
    expect(plan.stepsPerEpoch).toBe(result.total / 3);
    const found = Number(readFileSync(peak, 'utf8'));
    expect(Math.abs(plan.memory.peak - found) / found).toBeLessThan(0.15);
    const saved = method === 'lora' ? 'adapter_model.safetensors' : 'model.safetensors';
    const file = SafetensorsFile.open(join(root, 'models/checkpoints/best_model', saved));
    const trained = file.names.reduce((sum, name) => sum + elements(file.shape(name)), 0);
    file.close();
    expect(plan.parameters.trainable).toBe(trained);
  });

  it('knows what each method would train and hold', () => {
    const by = new Map(plan.methods.map((other) => [other.method, other]));
    expect([...by.keys()].sort()).toEqual(['adapter', 'full', 'lora', 'qlora']);
    expect(by.get('full')?.trainable).toBeGreaterThan(by.get('lora')?.trainable ?? Infinity);
    expect(by.get(plan.method)?.peak).toBe(plan.memory.peak);
    for (const other of by.values()) expect(other.fits).toBe(other.peak <= plan.available);
  });
});

it('reprise finetune --plan says in words what it found', async () => {
  const root = tinyProject();
  const { code, stdout } = await reprise(['finetune', '--plan'], root);
  rmSync(root, { recursive: true, force: true });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^lora, by a few measured steps; nothing was written$/m);
  expect(stdout).toMatch(/parameters +[\d,]+, of which [\d,]+ train/);
  expect(stdout).toMatch(/memory: at most +[\d.]+ GiB of [\d.]+ GiB that are free/);
});
