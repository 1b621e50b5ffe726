import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadProject } from 'reprise/finetuning';
import { project, reprise } from './stages.ts';

const scratch = mkdtempSync(join(tmpdir(), 'training-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** The project's training, but for two steps, on the rows of tests/rows. */
function train(output: string): void {
  const { finetuning } = loadProject(project);
  const short = {
    ...{ batch_size: 4, gradient_accumulation_steps: 1, num_epochs: 4, max_steps: 2 },
    ...{ warmup_steps: 0, warmup_ratio: 0, eval_steps: 2, logging_steps: 1 },
  };
  writeFileSync(join(scratch, 'preset.yaml'), JSON.stringify({ ...finetuning, ...short }));
  writeFileSync(join(scratch, 'params.yaml'), JSON.stringify({ finetuning: {} }));
  reprise([
    'finetune',
    ...['--params', join(scratch, 'params.yaml'), '--config', join(scratch, 'preset.yaml')],
    ...['--train', 'tests/rows/train.jsonl', '--val', 'tests/rows/val.jsonl', '--output', output],
  ]);
}

interface Training {
  readonly steps: number;
  readonly log_history: readonly { readonly loss?: number }[];
}

test('two steps of the training make a model, and the same again', () => {
  const [first, second] = [join(scratch, 'first'), join(scratch, 'second')];
  train(first);
  const { steps, log_history } = JSON.parse(readFileSync(join(first, 'training.json'), 'utf8')) as Training;
  assert.equal(steps, 2);
  const losses = log_history.flatMap(({ loss }) => (loss === undefined ? [] : [loss]));
  assert.ok(losses.length > 0 && losses.every(Number.isFinite), `losses: ${losses.join(', ')}`);

  train(second);
  for (const file of readdirSync(join(first, 'best_model')))
    assert.deepEqual(
      readFileSync(join(second, 'best_model', file)),
      readFileSync(join(first, 'best_model', file)),
      `${file} differs between two trainings of the same rows and settings`,
    );
});
