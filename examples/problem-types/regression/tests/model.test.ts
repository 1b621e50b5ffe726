import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createMetric } from '../src/metrics/concordance.ts';
import { project, reprise } from './stages.ts';

const scratch = mkdtempSync(join(tmpdir(), 'model-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const untrained =
  !existsSync(join(project, 'models/checkpoints/best_model')) && 'there is no model yet: reprise repro';

test('the concordance of numbers that are too high is lower, though they correlate', async () => {
  const rows = (numbers: readonly number[], said: readonly number[]) =>
    numbers.map((label, at) => ({ id: String(at), label, prediction: said[at] ?? NaN }));
  const concordance = createMetric();
  // 2 × 1.25 / (1.25 + 1.25 + the squared distance of the means)
  assert.equal(await concordance(rows([1, 2, 3, 4], [1, 2, 3, 4])), 1);
  assert.equal(await concordance(rows([1, 2, 3, 4], [2, 3, 4, 5])), 2.5 / 3.5);
  assert.equal(await concordance(rows([1, 2, 3, 4], [4, 3, 2, 1])), -1);
  assert.equal(await concordance(rows([2, 2], [2, 2])), null);
});

interface Answer {
  readonly id: string;
  readonly prediction: number;
}

function ask(output: string): Answer[] {
  const path = join(scratch, output);
  reprise(['predict', '--input', 'tests/rows/questions.jsonl', '--output', path]);
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

test('the trained model answers each row with a number', { skip: untrained }, () => {
  const answers = ask('answers.jsonl');
  assert.ok(answers.length > 0);
  for (const { id, prediction } of answers) assert.ok(Number.isFinite(prediction), `${id}: ${prediction}`);
  assert.deepEqual(ask('again.jsonl'), answers);
});
