import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tinyProject } from '../finetuning/training/tiny-project.js';
import { reprise } from '../rig/reprise.js';

const PARAMS = 'finetuning:\n  preset: tiny\nevaluation:\n  batch_size: 8\n  worst_errors: 3\n';
const FULL = {
  method: 'full',
  lora_r: undefined,
  lora_alpha: undefined,
  lora_dropout: undefined,
  target_modules: undefined,
};

interface Row {
  readonly id: string;
  readonly label: string;
  readonly prediction?: string;
  readonly finetuned?: string;
}

const rowsOf = (file: string): Row[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);

describe('reprise predict', () => {
  it.each([
    ['an adapter', {}],
    ['a whole model', FULL],
  ])(
    'answers as the evaluation does, for %s, by the folder alone',
    async (_what, config) => {
      const root = tinyProject({ 'params.yaml': PARAMS, config });
      copyFileSync(join(root, 'data/finetuning/val.jsonl'), join(root, 'data/finetuning/test.jsonl'));
      for (const command of ['finetune', 'evaluate']) {
        const { code, stderr } = await reprise([command], root);
        expect([stderr, code]).toEqual([expect.any(String), 0]);
      }
      const model = join(root, 'models/checkpoints/best_model');
      const output = join(root, 'answers.jsonl');
      const asked = await reprise(['predict', '--json'], root, {
        REPRISE_MODEL: model,
        REPRISE_PREDICTIONS: output,
      });
      expect([asked.stderr, asked.code]).toEqual([expect.any(String), 0]);
      expect(asked.stdout).toContain('"rows":30');
      const evaluated = rowsOf(join(root, 'reports/predictions.jsonl'));
      expect(rowsOf(output).map(({ id, label, prediction }) => [id, label, prediction])).toEqual(
        evaluated.map(({ id, label, finetuned }) => [id, label, finetuned]),
      );

      const same = await reprise(['compare', 'answers.jsonl', 'reports/predictions.jsonl', '--json'], root);
      expect(same.code).toBe(0);
      expect(JSON.parse(same.stdout)).toMatchObject({
        event: 'comparison',
        verdict: 'even',
        comparison: { rows: 30, accuracy: { difference: 0, low: 0, high: 0 }, mcnemar: { p: 1 } },
      });

      // Today's test set may have a label that this model has never heard of.
      const line = JSON.stringify({ id: 'new', text: 'mammal', label: 'plant' });
      writeFileSync(join(root, 'data/finetuning/test.jsonl'), `${line}\n`);
      expect((await reprise(['predict', '--output', 'new.jsonl'], root)).code).toBe(0);
      expect(rowsOf(join(root, 'new.jsonl'))).toMatchObject([{ id: 'new', label: 'plant' }]);
      const apart = await reprise(['compare', 'answers.jsonl', 'new.jsonl'], root);
      expect(apart).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/not about the same rows: .* 1 rows, and had 30/),
      });
    },
    300_000,
  );

  it('leaves what base, production and finetuned model are compared by, without files being named', async () => {
    const row = (id: number, base: string, finetuned: string): string =>
      `${JSON.stringify({ id: `${id}`, label: 'a', base, finetuned, prediction: 'b' })}\n`;
    const rows = Array.from({ length: 30 }, (_, id) => row(id, 'b', id % 5 ? 'a' : 'b')).join('');
    const root = tinyProject({ 'params.yaml': PARAMS, 'reports/predictions.jsonl': rows });
    const people = await reprise(['compare'], root);
    expect(people.stdout).toMatch(
      /^base → finetuned, on 30 test rows: better\n {2}accuracy 0\.0000 → 0\.8000 /,
    );
    expect(people.stdout).toContain('only base right: 0, only finetuned: 24 (McNemar p = 1.19e-7)');
    const machines = await reprise(['compare', '--json'], root);
    expect(JSON.parse(machines.stdout)).toMatchObject({
      event: 'comparison',
      models: ['base', 'finetuned'],
      verdict: 'better',
    });
    expect(await reprise(['compare', 'reports/predictions.jsonl'], root)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('predictions of one are named') as string,
    });
  });

  it('says what is wrong with a folder that is no model', async () => {
    const root = tinyProject({ 'params.yaml': PARAMS });
    const { code, stderr } = await reprise(['predict', '--model', 'data'], root);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/labels\.json of the model cannot be read[^]*fix: /),
    ]);
  });
});
