import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { openClassifier } from '../../../finetuning/index.js';
import { reprise, startReprise } from '../../rig/reprise.js';
import { tinyProject } from '../training/tiny-project.js';

jest.setTimeout(300_000);

/** A Python with the adapters library, from infra/python/adapters.txt. */
const python = process.env.REPRISE_TEST_ADAPTERS_PYTHON;
const TEXTS = ['a domesticated carnivorous mammal', 'the capital of finance', 'cafe', 'it is 3.14'];
const PARAMS = 'finetuning:\n  preset: tiny\nevaluation:\n  batch_size: 8\n  worst_errors: 3\n';

function adapterProject(config: object): string {
  const root = tinyProject({
    'params.yaml': PARAMS,
    config: {
      method: 'adapter',
      lora_r: undefined,
      lora_alpha: undefined,
      lora_dropout: undefined,
      target_modules: undefined,
      reduction_factor: 4,
      adapter_dropout: 0.1,
      modules_to_save: ['classifier', 'pooler'],
      ...config,
    },
  });
  copyFileSync(join(root, 'data/finetuning/val.jsonl'), join(root, 'data/finetuning/test.jsonl'));
  return root;
}

const bytesOf = (root: string): Record<string, string> => {
  const folder = join(root, 'models/checkpoints/best_model');
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
};

describe('a training of adapters', () => {
  it('that is killed goes on from its checkpoint to the same bytes, which evaluate and predict take', async () => {
    const config = { adapter_type: 'houlsby', num_epochs: 8, save_steps: 5 };
    const [root, other] = [adapterProject(config), adapterProject(config)];
    expect(await reprise(['finetune'], root)).toMatchObject({ code: 0 });
    const run = startReprise(['finetune', '--json'], other);
    run.child.stdout?.on('data', () => {
      if (/"step":[3-9]\d,/.test(run.stdout())) run.child.kill('SIGKILL');
    });
    expect((await run.ended).signal).toBe('SIGKILL');
    const again = await reprise(['finetune', '--json'], other);
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/"resumedFrom":[1-9]/);
    expect(bytesOf(other)).toEqual(bytesOf(root));
    expect(Object.keys(bytesOf(root))).toEqual(
      expect.arrayContaining(['adapter.safetensors', 'head_config.json', 'model_head.safetensors']),
    );

    const evaluated = await reprise(['evaluate'], root);
    expect([evaluated.stderr, evaluated.code]).toEqual([expect.any(String), 0]);
    expect(readFileSync(join(root, 'reports/report.html'), 'utf8')).toContain('Houlsby adapters');
    const asked = await reprise(['predict', '--json'], root);
    expect([asked.stderr, asked.code]).toEqual([expect.any(String), 0]);
    for (const folder of [root, other]) rmSync(folder, { recursive: true });
  });
});

/** The judge is a large installation, which not every run of the tests has. */
(python === undefined ? describe.skip : describe)('the adapters library', () => {
  it.each(['pfeiffer', 'houlsby'])('loads a trained %s adapter, and gets the same logits', async (type) => {
    const root = adapterProject({ adapter_type: type });
    expect(await reprise(['finetune'], root)).toMatchObject({ code: 0 });
    const [base, best] = [join(root, 'model'), join(root, 'models/checkpoints/best_model')];
    const texts = join(root, 'texts.json');
    writeFileSync(texts, JSON.stringify(TEXTS));
    const script = 'tests/finetuning/methods/adapterhub_predicts.py';
    const { status, stdout, stderr } = spawnSync(python as string, [script, base, best, texts], {
      encoding: 'utf8',
    });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const theirs = (JSON.parse(stdout) as number[][]).flat();
    const labels = JSON.parse(readFileSync(join(best, 'labels.json'), 'utf8')) as string[];
    const classifier = await openClassifier({ baseModelDir: base, adapterDir: best, labels, seed: 42 });
    const ours = classifier.predict(TEXTS);
    const untrained = await openClassifier({ baseModelDir: base, labels, seed: 42 });
    const before = untrained.predict(TEXTS);
    for (const opened of [classifier, untrained]) opened.dispose();
    expect(ours).toHaveLength(theirs.length);
    ours.forEach((logit, index) => expect(logit).toBeCloseTo(theirs[index] as number, 5));
    expect(ours.some((logit, index) => Math.abs(logit - (before[index] as number)) > 0.1)).toBe(true);
    rmSync(root, { recursive: true });
  });
});
