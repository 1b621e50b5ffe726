import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { stringify } from 'yaml';
import { tinyGpt2 } from '../finetuning/training/tiny-gpt2.js';
import { tinyProject } from '../finetuning/training/tiny-project.js';
import { reprise, type RepriseEnd } from '../rig/reprise.js';

jest.setTimeout(300_000);

interface Answer {
  readonly id?: string;
  readonly completion?: string;
  readonly messages?: readonly { readonly content: string }[];
  readonly prediction: string;
  readonly finish_reason: string;
}

type Figures = Readonly<Record<string, number>>;

interface Metrics {
  readonly test_rows: number;
  readonly tokens: number;
  readonly base: Figures;
  readonly finetuned: Figures;
  readonly gain: Figures;
  readonly sets?: {
    readonly general: {
      readonly rows: number;
      readonly base: Figures;
      readonly finetuned: Figures;
      readonly forgotten_bits_per_byte: number;
    };
  };
}

const answers = (root: string, file: string): Answer[] =>
  readFileSync(join(root, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);

describe('reprise predict with a language model', () => {
  let root: string;
  const predict = (...flags: string[]): Promise<RepriseEnd> => reprise(['predict', ...flags], root);

  beforeAll(async () => {
    // Long enough to learn most of the rows by heart.
    root = tinyProject(
      {
        config: { num_epochs: 40, eval_steps: 100, save_steps: 1000, learning_rate: 0.01, dropout: 0 },
        'data/finetuning/val.jsonl': tinyGpt2.rows(30, 0),
        'data/finetuning/test.jsonl': tinyGpt2.rows(30, 0),
        'params.yaml': 'finetuning:\n  preset: tiny\nevaluation:\n  batch_size: 8\n  worst_errors: 3\n',
      },
      tinyGpt2,
    );
    const end = await reprise(['finetune'], root);
    expect({ code: end.code, stderr: end.stderr }).toMatchObject({ code: 0 });
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('goes on from the test rows as it was trained to', async () => {
    const end = await predict('--json', '--max-new-tokens', '24');
    expect({ code: end.code, stderr: end.stderr }).toMatchObject({ code: 0 });
    expect(end.stdout).toContain('"rows":30');
    const all = answers(root, 'predictions.jsonl');
    expect(all).toHaveLength(30);
    expect(all[0]?.id).toBe('row-0');
    const asked = all.filter(({ completion, messages }) => completion !== undefined || messages);
    const right = asked.filter(
      ({ completion, messages, prediction, finish_reason: reason }) =>
        prediction === (completion ?? messages?.at(-1)?.content) && reason === 'stop',
    );
    // By chance it would be one in four.
    expect(right.length).toBeGreaterThan(0.5 * asked.length);
  });

  it('is evaluated beside its base, on the test rows and on others, in the same bytes again', async () => {
    const test = join(root, 'data/finetuning/test.jsonl');
    const tooLong = { prompt: 'the capital of '.repeat(30), completion: ' of' };
    writeFileSync(test, `${tinyGpt2.rows(30, 0)}${JSON.stringify(tooLong)}\n`);
    const other = join(root, 'data/other.jsonl');
    writeFileSync(other, '{"text":"finance angstrom kind spaces"}\n{"text":"spaces of the finance"}\n');
    const evaluation = {
      ...{ batch_size: 8, worst_errors: 3, max_new_tokens: 24 },
      ...{ sets: { general: 'data/other.jsonl' }, slices: ['topic'] },
    };
    writeFileSync(join(root, 'params.yaml'), stringify({ finetuning: { preset: 'tiny' }, evaluation }));
    const end = await reprise(['evaluate', '--json'], root);
    expect({ code: end.code, stderr: end.stderr }).toMatchObject({ code: 0 });
    const outputs = [
      'metrics.json',
      ...['report.html', 'predictions.jsonl', 'scores.jsonl', 'slices.json'].map((name) => `reports/${name}`),
      'plots/bits_per_byte.json',
    ];
    const read = (): string[] => outputs.map((path) => readFileSync(join(root, path), 'utf8'));
    const first = read();

    const metrics = JSON.parse(first[0] as string) as Metrics;
    expect(metrics).toMatchObject({ test_rows: 31, completions: 21, cut_rows: 10 });
    const { base, finetuned, gain, sets } = metrics;
    expect(finetuned.perplexity).toBeCloseTo(Math.exp(finetuned.loss as number), 3);
    expect(finetuned.perplexity).toBeLessThan((base.perplexity as number) / 2);
    expect(finetuned.exact_match).toBeGreaterThan(0.5);
    expect(base.exact_match).toBeLessThan(0.5);
    expect(gain.exact_match).toBeCloseTo((finetuned.exact_match as number) - (base.exact_match as number), 5);
    expect(sets?.general.rows).toBe(2);
    expect(sets?.general.forgotten_bits_per_byte).toBeCloseTo(
      (sets?.general.finetuned.bits_per_byte as number) - (sets?.general.base.bits_per_byte as number),
      5,
    );

    // What it goes on with is what `predict` says, and `compare` reads it.
    const said = answers(root, 'reports/predictions.jsonl') as unknown as Record<string, string>[];
    const exact = said.filter(({ label, finetuned }) => label === finetuned).length;
    expect(said.at(-1)).toMatchObject({ label: 'of', finetuned: '' });
    expect(exact / said.length).toBeCloseTo(finetuned.exact_match as number, 6);
    const scores = answers(root, 'reports/scores.jsonl') as unknown as { tokens: number }[];
    expect(scores.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(metrics.tokens);
    const slices = JSON.parse(first[4] as string) as { by: string; rows: number }[];
    expect(slices.filter(({ by }) => by === 'topic')).toMatchObject([{ value: '(none)', rows: 31 }]);
    const bins = JSON.parse(first[5] as string) as { base: number; finetuned: number }[];
    expect(bins.reduce((sum, bin) => sum + bin.finetuned, 0)).toBe(30);
    expect(first[1]).toContain(`<div class="big">${(finetuned.perplexity as number).toFixed(2)}</div>`);

    for (const path of ['metrics.json', 'reports', 'plots']) rmSync(join(root, path), { recursive: true });
    const again = await reprise(['evaluate'], root);
    expect(again.stdout).toMatch(/^ +perplexity +bits\/byte +exact +ROUGE-L +chrF +ms\/row\nbase /);
    expect(read()).toEqual(first);
    writeFileSync(test, tinyGpt2.rows(30, 0));
  });

  it('draws the same again with the same seed', async () => {
    const drawing = ['--temperature', '3', '--top-k', '50', '--top-p', '0.95', '--max-new-tokens', '12'];
    await predict(...drawing, '--output', 'a.jsonl');
    await predict(...drawing, '--output', 'b.jsonl', '--batch-size', '5');
    await predict(...drawing, '--output', 'c.jsonl', '--seed', '43');
    const [a, b, c] = ['a', 'b', 'c'].map((name) => answers(root, `${name}.jsonl`));
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  it('names a prompt that is too long, and rows that are none', async () => {
    const file = join(root, 'wrong.jsonl');
    writeFileSync(file, `{"prompt":"of"}\n${JSON.stringify({ prompt: 'the capital of '.repeat(30) })}\n`);
    const long = await predict('--input', file);
    expect(long).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/wrong.jsonl:2: .*no room to go on/),
    });
    writeFileSync(file, '{"question":"?"}\n');
    const none = await predict('--input', file);
    expect(none).toMatchObject({ code: 1, stderr: expect.stringMatching(/one of three forms/) });
    expect((await predict('--top-p', '2')).stderr).toContain('It must be a number from 0 to 1');
  });
});
