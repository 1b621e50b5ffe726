import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadProject } from 'reprise/finetuning';
import { createStep } from '../src/cleaning/strip-markup.ts';
import { copyOfProject, project, reprise } from './stages.ts';

interface Row {
  readonly id: string;
  readonly text: string;
  readonly label: string;
}

test('markup is taken out, and nothing else', () => {
  const { text = (given) => given } = createStep();
  const row = { file: 'any', line: 1 };
  assert.equal(text('<p>Bread &amp; <b class="x">butter</b></p>', row), ' Bread &  butter  ');
  assert.equal(text('1 < 2 and 3 > 2; R&D; &unknown;', row), '1 < 2 and 3 > 2; R&D; &unknown;');
});

test('the stages clean raw rows, and split them without a row in common', () => {
  const { data } = loadProject(project);
  const root = copyOfProject({
    'params.yaml': {},
    'configs/data_config.yaml': {
      ingestion: { source: 'path:tests/rows/raw.jsonl' },
      preprocessing: {
        ...data.preprocessing,
        steps: ['src/cleaning/strip-markup.ts'],
        ...{ format: 'records', fields: { text: 'text', label: 'label' }, files: undefined },
        ...{ min_characters: 3, max_characters: undefined, label_map: undefined, balance: undefined },
      },
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
  // 24 rows, of which one says the same as another, and one says nothing.
  assert.equal(all.length, 22);
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
  for (const split of rows) assert.equal(new Set(split.map(({ label }) => label)).size, 3);
  assert.deepEqual(
    all.filter(({ text }) => /<|&amp;/.test(text)),
    [],
  );
});
