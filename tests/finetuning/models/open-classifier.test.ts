import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openClassifier, type OpenedClassifier } from '../../../finetuning/index.js';

const FIXTURES = 'tests/finetuning/fixtures';
const LABELS = ['a', 'b', 'c'];
const TEXTS = [
  'a domesticated carnivorous mammal',
  'the capital',
  '',
  'word '.repeat(60),
  'it is 3.14, or 22/7',
];

describe('openClassifier', () => {
  let folder: string;
  const opened: OpenedClassifier[] = [];
  const open = async (options: object = {}): Promise<OpenedClassifier> => {
    const classifier = await openClassifier({ baseModelDir: folder, labels: LABELS, seed: 1, ...options });
    opened.push(classifier);
    return classifier;
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'reprise-classifier-'));
    cpSync(join(FIXTURES, 'bert-tiny/model'), folder, { recursive: true });
    cpSync(join(FIXTURES, 'tokenizer-tiny'), folder, { recursive: true });
  });
  afterAll(() => {
    for (const classifier of opened) classifier.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives each text the logits it has alone, whatever it is padded with', async () => {
    const classifier = await open();
    const all = classifier.predict(TEXTS, { batchSize: 4 });
    expect(all).toHaveLength(TEXTS.length * LABELS.length);
    TEXTS.forEach((text, index) => {
      const alone = classifier.predict([text], { batchSize: 1 });
      alone.forEach((logit, label) => expect(all[index * 3 + label]).toBeCloseTo(logit, 5));
    });
  });

  it('tells how far it is', async () => {
    const seen: [number, number][] = [];
    (await open()).predict(TEXTS, { batchSize: 2, onProgress: (done, total) => seen.push([done, total]) });
    expect(seen).toEqual([
      [2, 5],
      [4, 5],
      [5, 5],
    ]);
  });

  it('opens an adapter that PEFT wrote', async () => {
    const base = (await open()).predict(TEXTS);
    const tuned = (await open({ adapterDir: join(FIXTURES, 'bert-tiny/adapter') })).predict(TEXTS);
    expect([...tuned].some((logit, index) => Math.abs(logit - (base[index] as number)) > 0.01)).toBe(true);
  });

  it('opens an adapter that the adapters library wrote', async () => {
    const base = (await open()).predict(TEXTS);
    const adapterDir = join(FIXTURES, 'bert-tiny/adapterhub-houlsby');
    const tuned = (await open({ adapterDir })).predict(TEXTS);
    expect([...tuned].some((logit, index) => Math.abs(logit - (base[index] as number)) > 0.01)).toBe(true);
  });

  it('refuses to answer with a head that nobody has trained', async () => {
    const adapterDir = join(folder, 'headless');
    cpSync(join(FIXTURES, 'bert-tiny/adapterhub-houlsby'), adapterDir, {
      recursive: true,
      filter: (path) => !path.includes('model_head'),
    });
    await expect(open({ labels: ['a', 'b'], adapterDir })).rejects.toMatchObject({
      code: 'missing-weights',
      message: expect.stringContaining('classifier.weight') as string,
    });
  });

  it('refuses an adapter for other labels', async () => {
    await expect(
      open({ labels: ['a', 'b'], adapterDir: join(FIXTURES, 'bert-tiny/adapter') }),
    ).rejects.toMatchObject({ code: 'shape-mismatch', expected: '[2, 16]', found: '[3, 16]' });
  });

  it('gives the base model the same new head for the same seed', async () => {
    const five = { labels: ['a', 'b', 'c', 'd', 'e'] };
    const first = (await open(five)).predict(TEXTS);
    expect((await open(five)).predict(TEXTS)).toEqual(first);
    expect((await open({ ...five, seed: 2 })).predict(TEXTS)).not.toEqual(first);
  });
});
