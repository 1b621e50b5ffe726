import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
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

  it('is refused by evaluate, which compares classifiers', async () => {
    const end = await reprise(['evaluate', '--json'], root);
    expect(end.code).toBe(1);
    expect(end.stdout).toContain('"code":"not-a-classifier"');
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
