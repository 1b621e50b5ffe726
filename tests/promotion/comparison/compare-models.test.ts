import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareModels } from '../../../promotion/index.js';
import { PROMOTION_DEFAULTS } from '../../../workflows/index.js';

/** Of 40 rows: whether each model is right on a row. */
const isRight = {
  base: (row: number) => row % 2 === 0,
  production: (row: number) => row % 4 !== 1,
  finetuned: (row: number) => row % 8 !== 1,
};
const said = (right: boolean, row: number): string => (right === (row % 3 === 0) ? 'a' : 'b');

function project(productionRows: number | undefined): string {
  const root = mkdtempSync(join(tmpdir(), 'compare-'));
  mkdirSync(join(root, 'reports'));
  mkdirSync(join(root, 'models/final'), { recursive: true });
  const lines = (count: number, of: (row: number) => object): string =>
    Array.from({ length: count }, (_, row) => {
      const known = { id: `${row}`, text: `row ${row}`, label: said(true, row) };
      return `${JSON.stringify({ ...known, ...of(row) })}\n`;
    }).join('');
  const answer = (model: keyof typeof isRight, row: number): string => said(isRight[model](row), row);
  writeFileSync(
    join(root, 'reports/predictions.jsonl'),
    lines(40, (row) => ({ base: answer('base', row), finetuned: answer('finetuned', row) })),
  );
  if (productionRows === undefined) return root;
  const path = 'models/final/predictions_v3.jsonl';
  writeFileSync(
    join(root, path),
    lines(productionRows, (row) => ({ prediction: answer('production', row) })),
  );
  const md5 = '0'.repeat(32);
  const record = {
    version: 3,
    model: { path: 'models/final/model_v3', md5: `${md5}.dir` },
    predictions: { path, md5 },
    promoted: { at: '2026-01-01', by: 'Ann', reason: 'better', run: 'r' },
  };
  writeFileSync(join(root, 'models/final/production.json'), JSON.stringify(record));
  return root;
}

const compare = (root: string) => compareModels(root, { ...PROMOTION_DEFAULTS, replicates: 200 });

describe('base, finetuned model and the one in production', () => {
  it('are compared each with each, on the same rows', async () => {
    const compared = await compare(project(40));
    expect(compared.map(({ models }) => models)).toEqual([
      ['base', 'production'],
      ['base', 'finetuned'],
      ['production', 'finetuned'],
    ]);
    for (const { models, ...of } of compared) {
      const [before, after] = models.map((model) => isRight[model]) as [
        (row: number) => boolean,
        (row: number) => boolean,
      ];
      const rows = Array.from({ length: 40 }, (_, row) => row);
      expect(of).toMatchObject({
        judgement: {
          comparison: {
            accuracy: {
              production: rows.filter(before).length / 40,
              candidate: rows.filter(after).length / 40,
            },
            mcnemar: {
              productionOnly: rows.filter((row) => before(row) && !after(row)).length,
              candidateOnly: rows.filter((row) => after(row) && !before(row)).length,
            },
          },
        },
      });
    }
  });

  it('are two, where nothing is in production', async () => {
    expect((await compare(project(undefined))).map(({ models }) => models)).toEqual([['base', 'finetuned']]);
  });

  it('cannot be compared with a model that answered other rows, or whose answers are not here', async () => {
    const [first, second, third] = await compare(project(39));
    expect(first).toMatchObject({ reason: expect.stringContaining('not about the same rows') as string });
    expect(second).toHaveProperty('judgement');
    expect(third).toHaveProperty('reason');

    const root = project(40);
    rmSync(join(root, 'models/final/predictions_v3.jsonl'));
    expect((await compare(root)).at(-1)).toEqual({
      models: ['production', 'finetuned'],
      reason: expect.stringContaining('dvc pull models/final/predictions_v3.jsonl') as string,
    });
  });

  it('are not there before an evaluation', async () => {
    const root = project(undefined);
    rmSync(join(root, 'reports/predictions.jsonl'));
    await expect(compare(root)).rejects.toMatchObject({ code: 'missing-predictions' });
  });
});
