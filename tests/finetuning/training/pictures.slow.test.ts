import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { jest } from '@jest/globals';
import { openAnyClassifier } from '../../../finetuning/index.js';
import { readPicture } from '../../../finetuning/images/picture.js';
import { pixelBatch } from '../../../finetuning/images/pixel-batch.js';
import { readPreprocessing } from '../../../finetuning/images/preprocessing.js';
import { centered } from '../../../finetuning/images/resize.js';
import { reprise } from '../../rig/reprise.js';
import { endedAt, output, resultOf } from './ended-training.js';
import { tinyPictureProject } from './tiny-pictures.js';

/** Several whole processes per test. */
jest.setTimeout(300_000);

/** A Python with transformers, from infra/python/bench.txt. */
const python = process.env.REPRISE_TEST_PEFT_PYTHON;
/** Eight updates per epoch. */
const config = { num_epochs: 8, save_steps: 5, eval_steps: 7 };
const STEPS = 64;

describe('a project of pictures', () => {
  const projects: string[] = [];
  const project = async (): Promise<string> => {
    const root = await tinyPictureProject(config);
    projects.push(root);
    return root;
  };
  let trained: string;
  beforeAll(async () => {
    trained = await project();
    const end = await reprise(['finetune', '--json'], trained);
    expect([end.stderr, end.code]).toEqual([expect.any(String), 0]);
    expect(resultOf(end)).toMatchObject({ steps: STEPS, resumedFrom: 0 });
  });
  afterAll(() => {
    for (const root of projects) rmSync(root, { recursive: true, force: true });
  });

  it('killed again and again ends in the same bytes', async () => {
    const root = await project();
    for (const at of [3, 18, 41]) expect((await endedAt(root, at, 'SIGKILL')).end.signal).toBe('SIGKILL');
    const last = await reprise(['finetune', '--json'], root);
    expect(last.code).toBe(0);
    expect(resultOf(last).resumedFrom).toBeGreaterThanOrEqual(35);
    expect(output(root)).toEqual(output(trained));
  });

  it('compares base and finetuned model on the test pictures, and lets one predict', async () => {
    const evaluated = await reprise(['evaluate', '--json'], trained);
    expect([evaluated.stderr, evaluated.code]).toEqual([expect.any(String), 0]);
    const metrics = JSON.parse(readFileSync(join(trained, 'metrics.json'), 'utf8')) as Record<
      string,
      Record<string, number>
    >;
    expect(metrics.finetuned?.accuracy).toBeGreaterThan(0.8);
    expect(metrics.finetuned?.accuracy).toBeGreaterThan(metrics.base?.accuracy as number);
    const lines = (path: string): Record<string, unknown>[] =>
      readFileSync(join(trained, path), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    const compared = lines('reports/predictions.jsonl');
    expect(compared).toHaveLength(30);
    expect(compared[0]).toMatchObject({ id: '2000', image: '../raw/2000.png' });
    expect((await reprise(['predict'], trained)).code).toBe(0);
    expect(lines('predictions.jsonl').map(({ id, prediction }) => [id, prediction])).toEqual(
      compared.map(({ id, finetuned }) => [id, finetuned]),
    );
  });

  it('does the same with folders of pictures, by label or not', async () => {
    const rows = readFileSync(join(trained, 'data/finetuning/test.jsonl'), 'utf8').trimEnd().split('\n');
    for (const line of rows) {
      const { image, label } = JSON.parse(line) as { image: string; label: string };
      const from = join(trained, 'data/finetuning', image);
      for (const to of [`data/labelled/${label}`, 'data/plain']) {
        mkdirSync(join(trained, to), { recursive: true });
        copyFileSync(from, join(trained, to, basename(image)));
      }
    }
    const read = (path: string): string => readFileSync(join(trained, path), 'utf8');
    type Answer = { id: string; label?: string; prediction?: string; finetuned?: string };
    const lines = (path: string): Answer[] =>
      read(path)
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Answer)
        .map((row) => ({ ...row, id: basename(row.id) }))
        .sort((a, b) => (a.id < b.id ? -1 : 1));
    type Metrics = Record<'base' | 'finetuned', { accuracy: number; mcc: number; log_loss: number }>;
    const metrics = (): Metrics => JSON.parse(read('metrics.json')) as Metrics;
    const before = { metrics: metrics(), said: lines('predictions.jsonl') };
    const evaluated = await reprise(['evaluate', '--test', 'data/labelled'], trained);
    expect([evaluated.stderr, evaluated.code]).toEqual([expect.any(String), 0]);
    for (const model of ['base', 'finetuned'] as const) {
      const { accuracy, mcc, log_loss } = before.metrics[model];
      expect(metrics()[model]).toMatchObject({
        accuracy,
        mcc,
        log_loss: expect.closeTo(log_loss, 4) as number,
      });
    }
    for (const folder of ['labelled', 'plain'])
      expect(
        await reprise(['predict', '--input', `data/${folder}`, '--output', `${folder}.jsonl`], trained),
      ).toMatchObject({ code: 0 });
    const predictions = (path: string): unknown[] => lines(path).map(({ prediction }) => prediction);
    const expected = before.said.map(({ prediction }) => prediction);
    expect(predictions('labelled.jsonl')).toEqual(expected);
    expect(predictions('plain.jsonl')).toEqual(expected);
    expect(lines('labelled.jsonl')[0]?.label).toBe(before.said[0]?.label);
    expect(lines('plain.jsonl')[0]).not.toHaveProperty('label');
    const none = await reprise(['predict', '--input', 'model'], trained);
    expect(none).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('model has no pictures') as string,
    });
  });

  /** The judge is a large installation, which not every run of the tests has. */
  (python === undefined ? it.skip : it)('is loaded by transformers, which gets the same logits', async () => {
    const best = join(trained, 'models/checkpoints/best_model');
    const pictures = readdirSync(join(trained, 'data/raw'))
      .filter((name) => /^20\d\d\./.test(name))
      .map((name) => join(trained, 'data/raw', name));
    const { preprocessing } = readPreprocessing(best, null);
    const made = await Promise.all(
      pictures.map(async (path) => centered(await readPicture({ path, at: { file: path } }), preprocessing)),
    );
    const pixels = [...pixelBatch(made, made.length, preprocessing)];
    const inputs = join(trained, 'inputs.json');
    writeFileSync(inputs, JSON.stringify({ pictures, pixels, side: preprocessing.side }));
    const script = 'tests/finetuning/training/resnet_predicts.py';
    const { status, stdout, stderr } = spawnSync(python as string, [script, best, inputs], {
      encoding: 'utf8',
    });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const theirs = JSON.parse(stdout) as Record<'labels' | 'missing', string[]> &
      Record<'of_pictures' | 'of_pixels', number[][]>;
    const labels = JSON.parse(readFileSync(join(best, 'labels.json'), 'utf8')) as string[];
    expect(theirs).toMatchObject({ labels, missing: [] });
    const classifier = await openAnyClassifier({ baseModelDir: best, labels, seed: 0 });
    const ours = await classifier.predict(pictures);
    classifier.dispose();
    theirs.of_pixels.flat().forEach((logit, index) => expect(ours[index]).toBeCloseTo(logit, 4));
    // What the two resizings differ in comes on top.
    theirs.of_pictures.flat().forEach((logit, index) => expect(ours[index]).toBeCloseTo(logit, 1));
  });
});
