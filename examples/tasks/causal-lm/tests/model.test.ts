import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createMetric } from '../src/metrics/hardest-tenth.ts';
import { project, reprise } from './stages.ts';

const scratch = mkdtempSync(join(tmpdir(), 'model-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const untrained =
  !existsSync(join(project, 'models/checkpoints/best_model')) && 'there is no model yet: reprise repro';

test('the hardest tenth are the rows that take most bits per byte', async () => {
  const row = (bits: number, bytes: number) => ({
    ...{ id: String(bits), tokens: 4, right: 1, bytes },
    loss: bits * bytes * Math.LN2,
  });
  const hardest = createMetric();
  const rows = Array.from({ length: 20 }, (_, at) => row((at * 7) % 20, 10 + at));
  assert.equal((await hardest(rows))?.toFixed(6), '18.500000');
  assert.equal(await hardest([row(3, 0)]), null);
});

interface Answer {
  readonly id: string;
  readonly prediction: string;
}

function ask(output: string): Answer[] {
  const path = join(scratch, output);
  reprise(['predict', '--input', 'tests/rows/prompts.jsonl', '--output', path, '--max-new-tokens', '8']);
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

test('the trained model goes on from prompts, each time the same', { skip: untrained }, () => {
  const answers = ask('answers.jsonl');
  assert.equal(answers.length, 2);
  assert.ok(answers.some(({ prediction }) => prediction.length > 0));
  assert.deepEqual(ask('again.jsonl'), answers);
});
