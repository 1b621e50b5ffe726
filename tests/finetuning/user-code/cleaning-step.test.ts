import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { PreprocessingConfig, UserCode } from '../../../configs/index.js';
import { preprocess, type PreprocessReport } from '../../../finetuning/data/index.js';

const RAW = [
  { text: '<b>A small</b> mammal', label: 'animal' },
  { text: 'The capital of a country', label: 'place' },
  { text: 'A small mammal', label: 'animal' },
  { text: 'lorem ipsum', label: 'place' },
];

function projectWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'reprise-step-'));
  const raw = RAW.map((row) => `${JSON.stringify(row)}\n`).join('');
  for (const [path, text] of Object.entries({ 'data/raw/rows.jsonl': raw, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

interface Done {
  readonly report: PreprocessReport;
  readonly texts: readonly string[];
}

async function run(files: Readonly<Record<string, string>>, steps: UserCode[]): Promise<Done> {
  const root = projectWith(files);
  const config: PreprocessingConfig = {
    format: 'records',
    fields: { text: 'text', label: 'label' },
    unicode: 'NFKC',
    strip_examples: false,
    min_characters: 3,
    steps,
  };
  const places = {
    locate: (path: readonly unknown[]) => ({ file: 'configs/data_config.yaml', source: path.join('.') }),
  };
  const report = await preprocess({ root, config, places });
  const rows = readFileSync(join(root, 'data/processed/rows.jsonl'), 'utf8').trimEnd().split('\n');
  return { report, texts: rows.map((row) => (JSON.parse(row) as { text: string }).text) };
}

const UNTAG = 'export const createStep = () => ({ text: (text) => text.replace(/<[^>]*>/g, "") });';

describe('steps of the project', () => {
  it('change texts before they are cleaned and compared', async () => {
    const { report, texts } = await run({ 'src/untag.mjs': UNTAG }, ['src/untag.mjs']);
    expect(texts).toEqual(['A small mammal', 'The capital of a country', 'lorem ipsum']);
    expect(report.dropped).toEqual({ too_short: 0, unlabelled: 0, duplicate: 1, conflicting: 0 });
  });

  it('turn rows away by what they are given, and are counted', async () => {
    const drop = `export const createStep = ({ words }) => ({
      keep: ({ texts, label, file, line }) => {
        if (file !== 'data/raw/rows.jsonl' || line < 1) throw new Error('no place');
        return label === 'animal' || !words.some((word) => texts[0].includes(word));
      },
    });`;
    const { report, texts } = await run({ 'src/untag.mjs': UNTAG, 'src/drop.mjs': drop }, [
      'src/untag.mjs',
      { use: 'src/drop.mjs', with: { words: ['lorem', 'small'] } },
    ]);
    expect(texts).toEqual(['A small mammal', 'The capital of a country']);
    expect(report.dropped).toMatchObject({ step: 1, duplicate: 1 });
  });

  const at = { file: 'configs/data_config.yaml', source: 'preprocessing.steps.0' };
  it.each([
    ['../step.mjs', {}, /lies outside of the project/],
    ['step.mjs', {}, /there is no such file/],
    ['step.mjs', { 'step.mjs': 'export const step = 1;' }, /exports no function createStep/],
    [
      'step.mjs',
      { 'step.mjs': 'export const createStep = () => ({});' },
      /gives no object with text or keep/,
    ],
    ['step.mjs', { 'step.mjs': 'export const createStep = () => { throw new Error("oh"); };' }, /failed: oh/],
    ['step.mjs', { 'step.mjs': 'export const =' }, /cannot be loaded/],
  ])('are refused with the place that names them: %s %j', async (path, files, message) => {
    await expect(run(files, [path])).rejects.toMatchObject({
      code: 'bad-step',
      message: expect.stringMatching(message) as string,
      at,
    });
  });

  it.each([
    ['text: () => { throw new Error("oh no"); }', 'the step step.mjs failed in text: oh no'],
    ['text: async (text) => text', 'the step step.mjs gives no string in text'],
    ['keep: () => 1', 'the step step.mjs gives no boolean in keep'],
  ])('that fail are named, with the row: %s', async (hook, message) => {
    const files = { 'step.mjs': `export const createStep = () => ({ ${hook} });` };
    await expect(run(files, ['step.mjs'])).rejects.toMatchObject({
      code: 'step-failed',
      message,
      at: { file: 'data/raw/rows.jsonl', line: 1 },
    });
  });
});
