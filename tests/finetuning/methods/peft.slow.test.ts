import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { openClassifier } from '../../../finetuning/index.js';
import { reprise } from '../../rig/reprise.js';
import { tinyProject } from '../training/tiny-project.js';

jest.setTimeout(300_000);

/** A Python with transformers and PEFT, from infra/python/bench.txt. */
const python = process.env.REPRISE_TEST_PEFT_PYTHON;
const TEXTS = ['a domesticated carnivorous mammal', 'the capital of finance', 'cafe', 'it is 3.14'];

/** The judge is a large installation, which not every run of the tests has. */
(python === undefined ? describe.skip : describe)('PEFT', () => {
  it('loads what was trained, and gets the same logits', async () => {
    const root = tinyProject({ config: { modules_to_save: ['classifier', 'pooler'] } });
    expect(await reprise(['finetune'], root)).toMatchObject({ code: 0 });
    const [base, best] = [join(root, 'model'), join(root, 'models/checkpoints/best_model')];
    const texts = join(root, 'texts.json');
    writeFileSync(texts, JSON.stringify(TEXTS));
    const script = 'tests/finetuning/methods/peft_predicts.py';
    const { status, stdout, stderr } = spawnSync(python as string, [script, base, best, texts], {
      encoding: 'utf8',
    });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const theirs = (JSON.parse(stdout) as number[][]).flat();
    const labels = JSON.parse(readFileSync(join(best, 'labels.json'), 'utf8')) as string[];
    const classifier = await openClassifier({ baseModelDir: base, adapterDir: best, labels, seed: 42 });
    const ours = classifier.predict(TEXTS);
    classifier.dispose();
    expect(ours).toHaveLength(theirs.length);
    ours.forEach((logit, index) => expect(logit).toBeCloseTo(theirs[index] as number, 5));
    rmSync(root, { recursive: true });
  });
});
