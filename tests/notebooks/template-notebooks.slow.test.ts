import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import sharp from 'sharp';
import { parseDocument } from 'yaml';
import { describeWithNotebooks, picturesOf, runNotebooks, textOf } from '../rig/notebooks.js';
import { endAll, outcomesOf, reprise } from '../rig/reprise.js';

jest.setTimeout(600_000);
afterEach(endAll);

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

async function init(...flags: string[]): Promise<string> {
  const root = join(realpathSync(mkdtempSync(join(tmpdir(), 'notebooks-'))), 'project');
  roots.push(root);
  expect(await reprise(['init', root, '--no-commit', ...flags], tmpdir())).toMatchObject({ code: 0 });
  return root;
}

/** Rows that differ, of which a tiny model knows some words. */
function someRows(count: number): string {
  const words = {
    animal: ['mammal', 'carnivorous'],
    place: ['capital', 'cafe'],
    thing: ['finance', 'angstrom'],
  };
  const labels = Object.entries(words);
  return Array.from({ length: count }, (_, n) => {
    const [label, known] = labels[n % labels.length] as [string, string[]];
    return `${JSON.stringify({ text: `${known[n % 2]} number ${n} of ${count}`, label })}\n`;
  }).join('');
}

describeWithNotebooks('the template’s notebooks', () => {
  it.each([
    ['text-classification', []],
    ['causal-lm', ['--task', 'causal-lm']],
    ['image-classification', ['--task', 'image-classification']],
    ['regression', ['--data', 'https://example.com/a.csv', '--problem-type', 'regression']],
    ['labels', ['--data', 'https://example.com/a.csv', '--problem-type', 'multi_label_classification']],
  ])('say which stage is missing, where none has run: %s', async (_, flags) => {
    const shown = await runNotebooks(await init(...flags));
    expect(Object.keys(shown)).toEqual([
      '01_data_exploration',
      '02_baseline_model',
      '03_finetuning_experiments',
      '04_model_comparison',
    ]);
    const said = Object.values(shown).map(textOf).join('\n');
    expect(said.match(/not run yet/g)).toHaveLength(5);
    for (const [path, stage] of [
      ['data/processed/report.json', 'data_preprocessing'],
      ['data/finetuning/train.jsonl', 'prepare_finetuning_data'],
      ['metrics.json', 'evaluate_model'],
    ])
      expect(said).toContain(`${path} is not there yet: run \`reprise repro ${stage}\``);
    expect(said).toContain('no training was tracked yet: run `reprise repro finetune_model`');
    expect(Object.values(shown).flatMap(picturesOf)).toEqual([]);
  });

  it('show what was made, in tables and plots', async () => {
    const data = mkdtempSync(join(tmpdir(), 'notebooks-data-'));
    roots.push(data);
    writeFileSync(join(data, 'rows.jsonl'), someRows(300));
    const root = await init('--data', join(data, 'rows.jsonl'));
    for (const folder of ['bert-tiny/model', 'tokenizer-tiny'])
      cpSync(join('tests/finetuning/fixtures', folder), join(root, 'model'), { recursive: true });
    const params = parseDocument(readFileSync(join(root, 'params.yaml'), 'utf8'));
    const small = { model_name: 'model', num_epochs: 2, max_steps: 12, eval_steps: 4, logging_steps: 2 };
    for (const [key, value] of Object.entries(small)) params.setIn(['finetuning', key], value);
    writeFileSync(join(root, 'params.yaml'), params.toString());
    const end = await reprise(['repro', '--json'], root);
    expect([end.stderr, end.code]).toEqual([expect.any(String), 0]);
    expect(Object.values(outcomesOf(end))).toEqual(['ran', 'ran', 'ran', 'ran', 'ran']);

    const shown = await runNotebooks(root);
    const json = (path: string): Record<string, Record<string, number>> =>
      JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<string, Record<string, number>>;
    const rowsOf = (path: string): number =>
      readFileSync(join(root, path), 'utf8').trimEnd().split('\n').length;

    const exploration = textOf(shown['01_data_exploration']);
    expect(exploration.match(/up to date/g)).toHaveLength(5);
    expect(exploration).toMatch(new RegExp(`^train +${rowsOf('data/finetuning/train.jsonl')} `, 'm'));
    expect(exploration).toMatch(new RegExp(`^test +${rowsOf('data/finetuning/test.jsonl')} +0$`, 'm'));

    const accuracy = json('metrics.json')['finetuned']?.['accuracy'] as number;
    expect(textOf(shown['02_baseline_model'])).toContain(`finetuned: ${Number(accuracy.toPrecision(4))}`);

    const experiments = textOf(shown['03_finetuning_experiments']);
    expect(experiments).toMatch(/^1 +FINISHED /m);
    expect(experiments).toContain('run 1: 6 points, the last at 12: ');
    expect(experiments).toContain('run 1: 3 points, the last at 12: ');

    const comparison = textOf(shown['04_model_comparison']);
    const parts = ['both', 'finetuned only', 'base only', 'neither'].map((part) =>
      Number(new RegExp(`^${part}: (\\d+)$`, 'm').exec(comparison)?.[1]),
    );
    expect(parts.reduce((sum, part) => sum + part)).toBe(rowsOf('reports/predictions.jsonl'));
    expect((parts[0] as number) + (parts[1] as number)).toBe(
      Math.round(accuracy * rowsOf('reports/predictions.jsonl')),
    );

    expect(Object.values(shown).map((outputs) => picturesOf(outputs).length)).toEqual([2, 1, 3, 3]);
    for (const picture of Object.values(shown).flatMap(picturesOf))
      expect((await sharp(Buffer.from(picture)).metadata()).width).toBeGreaterThan(500);
  });

  it('end the run when a cell fails', async () => {
    const root = mkdtempSync(join(tmpdir(), 'notebooks-failing-'));
    roots.push(root);
    mkdirSync(join(root, 'notebooks'));
    writeFileSync(join(root, 'package.json'), '{"private": true, "dependencies": {"reprise": "*"}}');
    const cell = { cell_type: 'code', execution_count: null, id: 'a', metadata: {}, outputs: [] };
    const notebook = {
      cells: [{ ...cell, source: "import { openProject } from 'reprise/notebook';\nopenProject();" }],
      metadata: { kernelspec: { display_name: 'Deno', language: 'typescript', name: 'deno' } },
      nbformat: 4,
      nbformat_minor: 5,
    };
    writeFileSync(join(root, 'notebooks/failing.ipynb'), JSON.stringify(notebook));
    await expect(runNotebooks(root)).rejects.toThrow(/no params\.yaml in .*or any folder above it/);
  });
});
