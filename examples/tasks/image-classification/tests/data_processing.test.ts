import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createStep } from '../src/cleaning/drop-copies.ts';
import { copyOfProject, reprise } from './stages.ts';

interface Row {
  readonly id: string;
  readonly image: string;
  readonly label: string;
}

test('copies are dropped, and nothing else', () => {
  const { keep = () => true } = createStep();
  const stays = (file: string): boolean => keep({ file, line: 1, texts: [] });
  assert.deepEqual(['a (2).png', 'a copy.jpg', 'a copy 3.png'].map(stays), [false, false, false]);
  assert.deepEqual(['a.png', 'copy.png', 'a(2).png', 'digits.csv'].map(stays), [true, true, true, true]);
});

test('the stages read pictures by folder, and split them without a picture in common', () => {
  const root = copyOfProject({
    'params.yaml': {},
    'configs/data_config.yaml': {
      ingestion: { source: 'path:tests/rows/pictures' },
      preprocessing: { steps: ['src/cleaning/drop-copies.ts'], format: 'images' },
      preparation: { split: { by: 'label', test: 0.2, val: 0.2 }, max_train_rows: null },
    },
  });
  for (const stage of ['ingest', 'preprocess', 'prepare']) reprise(['data', stage], root);
  const rows = ['train', 'val', 'test'].map((split) =>
    readFileSync(join(root, `data/finetuning/${split}.jsonl`), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row),
  );
  const all = rows.flat();
  // 21 pictures, of which one is a copy.
  assert.equal(all.length, 20);
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
  for (const split of rows) assert.equal(new Set(split.map(({ label }) => label)).size, 2);
  for (const { image } of all) assert.ok(existsSync(join(root, 'data/finetuning', image)), image);
});
