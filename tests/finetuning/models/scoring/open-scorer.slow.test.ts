import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LanguageRow } from '../../../../finetuning/data/index.js';
import { openScorer, type RowScore } from '../../../../finetuning/index.js';

interface Expected extends RowScore {
  readonly row: LanguageRow;
}

const fixture = new URL('../../evaluation/fixtures/scores.json', import.meta.url);
const expected = JSON.parse(readFileSync(fixture, 'utf8')) as Expected[];

describe('how well a language model knows texts', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'scorer-'));
    for (const part of ['model', 'tokenizer'])
      cpSync(`tests/finetuning/fixtures/gpt2-tiny/${part}`, folder, { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is what transformers says, whatever the batches', async () => {
    const scorer = await openScorer({ baseModelDir: folder });
    const rows = expected.map(({ row }) => row);
    for (const batchSize of [1, 4]) {
      const scores = await scorer.score(rows, { batchSize });
      expected.forEach(({ row: _, loss, ...others }, at) => {
        expect(scores[at]).toMatchObject(others);
        expect((scores[at] as RowScore).loss / loss).toBeCloseTo(1, 5);
      });
    }
    expect(expected.some(({ cut }) => cut)).toBe(true);
  });

  it('is not asked of a classifier', async () => {
    const baseModelDir = 'tests/finetuning/fixtures/bert-tiny/model';
    await expect(openScorer({ baseModelDir })).rejects.toMatchObject({ code: 'not-a-language-model' });
  });
});
