import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { openClassifier } from '../../../finetuning/index.js';
import { reprise } from '../../rig/reprise.js';
import { tinyProject } from '../training/tiny-project.js';

jest.setTimeout(300_000);

/** A Python with transformers and PEFT, from infra/python/bench.txt. */
const python = process.env.REPRISE_TEST_PEFT_PYTHON;
const TEXTS = ['a domesticated carnivorous mammal', 'the capital of finance', 'cafe', 'it is 3.14'];

/** What docs/from-python-trainers.md tells people to write, with other texts, and with the logits as its last line. */
function pageScript(texts: string): string {
  const page = readFileSync('docs/from-python-trainers.md', 'utf8');
  const [, script = ''] = /```python\n([\s\S]+?)```/.exec(page) ?? [];
  const own = script.replace(/^texts = .*$/m, texts);
  expect(own).toContain(texts);
  return `${own}\nimport json\nprint(json.dumps(logits.tolist()))\n`;
}

/** The judge is a large installation, which not every run of the tests has. */
(python === undefined ? describe.skip : describe)('PEFT', () => {
  it('loads what was trained, and gets the same logits', async () => {
    const root = tinyProject({ config: { modules_to_save: ['classifier', 'pooler'] } });
    expect(await reprise(['finetune'], root)).toMatchObject({ code: 0 });
    const [base, best] = [join(root, 'model'), join(root, 'models/checkpoints/best_model')];
    const script = pageScript(`texts = ${JSON.stringify(TEXTS)}`);
    const { status, stdout, stderr } = spawnSync(python as string, ['-c', script], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, HF_HUB_OFFLINE: '1' },
    });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const [said, logits] = stdout.trim().split('\n') as [string, string];
    const theirs = (JSON.parse(logits) as number[][]).flat();
    const labels = JSON.parse(readFileSync(join(best, 'labels.json'), 'utf8')) as string[];
    const classifier = await openClassifier({ baseModelDir: base, adapterDir: best, labels, seed: 42 });
    const ours = classifier.predict(TEXTS);
    const labelOf = (row: number): string => {
      const own = [...ours.slice(row * labels.length, (row + 1) * labels.length)];
      return labels[own.indexOf(Math.max(...own))] as string;
    };
    expect(JSON.parse(said.replaceAll("'", '"'))).toEqual(TEXTS.map((_, row) => labelOf(row)));
    classifier.dispose();
    expect(ours).toHaveLength(theirs.length);
    ours.forEach((logit, index) => expect(logit).toBeCloseTo(theirs[index] as number, 5));
    rmSync(root, { recursive: true });
  });
});
