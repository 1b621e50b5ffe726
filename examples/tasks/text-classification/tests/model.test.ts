import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createMetric } from '../src/metrics/cohens-kappa.ts';
import { project, reprise } from './stages.ts';

const scratch = mkdtempSync(join(tmpdir(), 'model-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const needed = ['models/checkpoints/best_model', 'data/finetuning/train.jsonl'];
const untrained =
  !needed.every((path) => existsSync(join(project, path))) && 'there is no model yet: reprise repro';

test("Cohen's kappa is that of scikit-learn", async () => {
  const rows = (labels: string, predictions: string) =>
    [...labels].map((label, at) => ({
      ...{ id: String(at), label, confidence: 1 },
      prediction: predictions[at] ?? '',
    }));
  const kappa = createMetric();
  // sklearn.metrics.cohen_kappa_score(list('aabbcc'), list('aabbca')), and so on
  assert.equal((await kappa(rows('aabbcc', 'aabbca')))?.toFixed(6), '0.750000');
  assert.equal((await kappa(rows('abcabcab', 'aaaaaaaa')))?.toFixed(6), '0.000000');
  assert.equal((await kappa(rows('aabb', 'bbaa')))?.toFixed(6), '-1.000000');
  assert.equal(await kappa(rows('aa', 'aa')), null);
});

interface Answer {
  readonly id: string;
  readonly prediction: string;
  readonly confidence: number;
}

function ask(output: string): Answer[] {
  const path = join(scratch, output);
  reprise(['predict', '--input', 'tests/rows/questions.jsonl', '--output', path]);
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

test('the trained model answers each row with one of its labels', { skip: untrained }, () => {
  const training = readFileSync(join(project, 'data/finetuning/train.jsonl'), 'utf8').trimEnd().split('\n');
  const labels = new Set(training.map((line) => (JSON.parse(line) as { label: string }).label));
  const answers = ask('answers.jsonl');
  assert.ok(answers.length > 0);
  for (const { id, prediction, confidence } of answers) {
    assert.ok(labels.has(prediction), `${id}: ${prediction}`);
    assert.ok(confidence > 0 && confidence <= 1, `${id}: ${confidence}`);
  }
  assert.deepEqual(ask('again.jsonl'), answers);
});
