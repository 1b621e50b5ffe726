import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createMetric } from '../src/metrics/jaccard.ts';
import { project, reprise } from './stages.ts';

const scratch = mkdtempSync(join(tmpdir(), 'model-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const needed = ['models/checkpoints/best_model', 'data/finetuning/train.jsonl'];
const untrained =
  !needed.every((path) => existsSync(join(project, path))) && 'there is no model yet: reprise repro';

test('the Jaccard index counts labels in common', async () => {
  const row = (labels: string, prediction: string) => ({
    ...{ id: labels, scores: {} },
    ...{ labels: [...labels], prediction: [...prediction] },
  });
  const jaccard = createMetric();
  // sklearn.metrics.jaccard_score(…, average='samples'), but for a row that has and is given none
  assert.equal(await jaccard([row('ab', 'ab'), row('ab', 'bc')]), (1 + 1 / 3) / 2);
  assert.equal(await jaccard([row('a', 'b'), row('', 'b')]), 0);
  assert.equal(await jaccard([row('', '')]), 1);
});

interface Answer {
  readonly id: string;
  readonly prediction: readonly string[];
  readonly scores: Readonly<Record<string, number>>;
}

function ask(output: string): Answer[] {
  const path = join(scratch, output);
  reprise(['predict', '--input', 'tests/rows/questions.jsonl', '--output', path]);
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

test(
  'the trained model answers each row with the labels that it finds likelier than not',
  { skip: untrained },
  () => {
    const training = readFileSync(join(project, 'data/finetuning/train.jsonl'), 'utf8').trimEnd().split('\n');
    const labels = new Set(training.flatMap((line) => (JSON.parse(line) as { labels: string[] }).labels));
    const answers = ask('answers.jsonl');
    assert.ok(answers.length > 0);
    for (const { id, prediction, scores } of answers) {
      assert.deepEqual(new Set(Object.keys(scores)), labels, id);
      for (const [label, score] of Object.entries(scores))
        assert.ok(score === 0.5 || prediction.includes(label) === score > 0.5, `${id}: ${label} ${score}`);
    }
    assert.deepEqual(ask('again.jsonl'), answers);
  },
);
