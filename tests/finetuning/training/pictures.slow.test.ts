import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
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

  /** The judge is a large installation, which not every run of the tests has. */
  (python === undefined ? it.skip : it)('is loaded by transformers, which gets the same logits', async () => {
    const { openAnyClassifier } = await import('../../../finetuning/index.js');
    const best = join(trained, 'models/checkpoints/best_model');
    const pictures = readdirSync(join(trained, 'data/raw'))
      .filter((name) => /^20\d\d\./.test(name))
      .map((name) => join(trained, 'data/raw', name));
    const list = join(trained, 'pictures.json');
    writeFileSync(list, JSON.stringify(pictures));
    const script = 'tests/finetuning/training/resnet_predicts.py';
    const { status, stdout, stderr } = spawnSync(python as string, [script, best, list], {
      encoding: 'utf8',
    });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const theirs = JSON.parse(stdout) as { labels: string[]; missing: string[]; logits: number[][] };
    const labels = JSON.parse(readFileSync(join(best, 'labels.json'), 'utf8')) as string[];
    expect(theirs).toMatchObject({ labels, missing: [] });
    const classifier = await openAnyClassifier({ baseModelDir: best, labels, seed: 0 });
    const ours = await classifier.predict(pictures);
    classifier.dispose();
    // Bounded by what the two resizings differ in.
    theirs.logits.flat().forEach((logit, index) => expect(ours[index]).toBeCloseTo(logit, 1));
  });
});
