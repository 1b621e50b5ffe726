import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reprise } from '../../rig/reprise.js';
import { jest } from '@jest/globals';
import { checkpoints, endedAt, output, resultOf } from './ended-training.js';
import { tinyProject } from './tiny-project.js';

/** Several whole processes per test. */
jest.setTimeout(300_000);

/** 13 updates per epoch; long enough to be killed in. */
const config = { num_epochs: 12, save_steps: 10, eval_steps: 17 };
const STEPS = 156;

let projects: string[] = [];
function project(overrides: object = {}): string {
  const root = tinyProject({ config: { ...config, ...overrides } });
  projects.push(root);
  return root;
}

describe('a training that is ended', () => {
  let expected: Record<string, string>;
  beforeAll(async () => {
    const root = project();
    const end = await reprise(['finetune', '--json'], root);
    expect(end).toMatchObject({ code: 0 });
    expect(resultOf(end)).toMatchObject({ steps: STEPS, resumedFrom: 0 });
    expected = output(root);
    expect(Object.keys(expected)).toContain('best_model/adapter_model.safetensors');
  });
  afterAll(() => {
    for (const root of projects) rmSync(root, { recursive: true, force: true });
    projects = [];
  });

  it('by SIGKILL, again and again, ends in the same bytes', async () => {
    const root = project();
    for (const at of [3, 25, 60, 101]) {
      const { end, step } = await endedAt(root, at, 'SIGKILL');
      expect(end.signal).toBe('SIGKILL');
      expect(step).toBeGreaterThanOrEqual(at);
    }
    const last = await reprise(['finetune', '--json'], root);
    expect(last.code).toBe(0);
    // At most the steps since the last checkpoint were done again.
    expect(resultOf(last).resumedFrom).toBeGreaterThanOrEqual(90);
    expect(output(root)).toEqual(expected);
  });

  it('by SIGTERM leaves a checkpoint of its last step', async () => {
    const root = project();
    const { end } = await endedAt(root, 33, 'SIGTERM');
    expect(end.code).toBe(143);
    const { steps } = resultOf(end);
    expect(checkpoints(root)).toContainEqual(expect.stringMatching(new RegExp(`checkpoint-${steps}$`)));
    const rest = await reprise(['finetune', '--json'], root);
    expect(resultOf(rest)).toMatchObject({ resumedFrom: steps, steps: STEPS });
    expect(output(root)).toEqual(expected);
  });

  it('continues from the checkpoint before a damaged one', async () => {
    const root = project();
    await endedAt(root, 45, 'SIGKILL');
    const steps = (path: string): number => Number(path.split('-').at(-1));
    const saved = checkpoints(root).filter((path) => /checkpoint-\d+$/.test(path));
    const [newest, before] = saved.sort((a, b) => steps(b) - steps(a)) as [string, string];
    const damaged = join(newest, 'optimizer.safetensors');
    const bytes = readFileSync(damaged);
    bytes[bytes.length - 3] = (bytes[bytes.length - 3] as number) ^ 1;
    writeFileSync(damaged, bytes);
    const rest = await reprise(['finetune', '--json'], root);
    expect(resultOf(rest).resumedFrom).toBe(steps(before));
    expect(rest.stdout).toContain('is damaged (optimizer.safetensors');
    expect(output(root)).toEqual(expected);
  });

  it('does not continue a training with other settings', async () => {
    const root = project();
    const folder = join(root, 'kept');
    const env = { REPRISE_CHECKPOINTS: folder };
    expect((await reprise(['finetune', '--json'], root, env)).code).toBe(0);
    writeFileSync(join(root, 'params.yaml'), 'finetuning:\n  preset: tiny\n  learning_rate: 0.02\n');
    const other = await reprise(['finetune', '--json'], root, env);
    expect(resultOf(other)).toMatchObject({ resumedFrom: 0 });
    expect(other.stdout).toContain('belongs to a training with other settings');
  });
});

describe('a training that diverges', () => {
  it('names step, rows and learning rate, and keeps the last good checkpoint', async () => {
    // The first update has learning rate 0; the second throws the weights far out.
    const root = project({ learning_rate: 1e38, warmup_steps: 1, save_steps: 1 });
    const end = await reprise(['finetune', '--json'], root);
    expect(end.code).toBe(1);
    const error = JSON.parse(end.stdout.trim().split('\n').at(-1) as string) as Record<string, string>;
    expect(error).toMatchObject({ event: 'error', code: 'loss-diverged' });
    expect(error.message).toMatch(/at step [23]:/);
    expect(error.found).toMatch(/at learning rate [\d.]+e\+37, on data\/finetuning\/train.jsonl lines \d+/);
    // What was kept is of steps before the one that went wrong.
    const kept = checkpoints(root).map((path) => Number(/checkpoint-(\d+)$/.exec(path)?.[1]));
    expect(kept).toContain(1);
    expect(Math.max(...kept)).toBeLessThan(Number(/at step (\d+)/.exec(error.message as string)?.[1]));
    rmSync(root, { recursive: true });
  });
});
