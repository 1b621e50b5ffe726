import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { reprise } from '../../rig/reprise.js';
import { endedAt, output, resultOf } from './ended-training.js';
import { tinyGpt2 } from './tiny-gpt2.js';
import { tinyProject } from './tiny-project.js';

/** Several whole processes per test. */
jest.setTimeout(300_000);

interface TrainingRecord {
  readonly log_history: readonly Readonly<Record<string, number>>[];
}

/** With the model's own dropout, over batches of different lengths. */
const together = {
  num_epochs: 16,
  save_steps: 10,
  eval_steps: 17,
  gradient_accumulation_steps: 2,
  gradient_checkpointing: true,
  bf16: true,
  ema_decay: 0.9,
  neftune_noise_alpha: 1,
};

describe.each([
  // 100 texts in a few packed rows, and two passes to an update.
  ['packed', { num_epochs: 40, save_steps: 10, eval_steps: 17, packing: true, gradient_accumulation_steps: 2 }, 120], // prettier-ignore
  // In bfloat16, and with all else.
  ['padded', together, 112],
])('a language model’s training on %s rows', (_name, config, steps) => {
  let projects: string[] = [];
  const project = (): string => {
    const root = tinyProject({ config }, tinyGpt2);
    projects.push(root);
    return root;
  };
  afterAll(() => {
    for (const root of projects) rmSync(root, { recursive: true, force: true });
    projects = [];
  });

  it('learns, and ends in the same bytes when it is killed on the way', async () => {
    const root = project();
    const end = await reprise(['finetune', '--json'], root);
    expect({ code: end.code, stderr: end.stderr }).toMatchObject({ code: 0 });
    expect(resultOf(end)).toMatchObject({ steps, resumedFrom: 0 });
    expect(end.stdout).toMatch(/validation loss \d\.\d+, accuracy 0\.\d+, perplexity \d+\.\d\d/);
    const { log_history: history } = JSON.parse(
      readFileSync(join(root, 'models/checkpoints/training.json'), 'utf8'),
    ) as TrainingRecord;
    const validations = history.filter((entry) => entry.eval_loss !== undefined);
    const [first, last] = [validations[0], validations.at(-1)] as [Record<string, number>, Record<string, number>]; // prettier-ignore
    expect(last.eval_loss).toBeLessThan(0.8 * (first.eval_loss as number));
    for (const { eval_loss, eval_perplexity } of validations)
      expect(eval_perplexity).toBe(Math.exp(eval_loss as number));

    const killed = project();
    for (const at of [5, 33, 71]) {
      const { end, step } = await endedAt(killed, at, 'SIGKILL');
      expect({ signal: end.signal, stderr: end.stderr.slice(-500) }).toMatchObject({ signal: 'SIGKILL' });
      expect(step).toBeGreaterThanOrEqual(at);
    }
    const rest = await reprise(['finetune', '--json'], killed);
    expect(rest.code).toBe(0);
    expect(resultOf(rest).resumedFrom).toBeGreaterThanOrEqual(60);
    expect(output(killed)).toEqual(output(root));
  });
});
