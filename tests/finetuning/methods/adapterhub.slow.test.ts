import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { compileProgram } from '../../../compute/index.js';
import { openClassifier } from '../../../finetuning/index.js';
import { readAdapterHub } from '../../../finetuning/methods/adapter/read-adapterhub.js';
import { encodedWeights } from '../../../finetuning/models/encoded-weights.js';
import { inferenceProgram } from '../../../finetuning/models/inference-program.js';
import { readNetwork, readWeights } from '../../../finetuning/models/read-network.js';
import { pythonForks } from '../../rig/python-forks.js';
import { reprise, startReprise } from '../../rig/reprise.js';
import { tinyGpt2 } from '../training/tiny-gpt2.js';
import { tinyProject } from '../training/tiny-project.js';

jest.setTimeout(300_000);

/** A Python with the adapters library, from infra/python/adapters.txt. */
const python = process.env.REPRISE_TEST_ADAPTERS_PYTHON;
const forked = pythonForks(python ?? '', ['adapters']);
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

    // A training with a rate of nothing from there on ends where that one has.
    const further = adapterProject({
      ...config,
      num_epochs: 1,
      learning_rate: 0,
      adapter_name_or_path: join(root, 'models/checkpoints/best_model'),
    });
    expect(await reprise(['finetune'], further)).toMatchObject({ code: 0 });
    for (const name of ['adapter.safetensors', 'model_head.safetensors'])
      expect(bytesOf(further)[name]).toBe(bytesOf(root)[name]);
    for (const folder of [root, other, further]) rmSync(folder, { recursive: true });
  });
});

/** Over the model of a project and what was trained in it. @param inputs texts; of a GPT-2 rows of as many token ids */
async function libraryLogits(
  root: string,
  inputs: readonly (string | readonly number[])[],
): Promise<number[]> {
  const file = join(root, 'inputs.json');
  writeFileSync(file, JSON.stringify(inputs));
  const script = 'tests/finetuning/methods/adapterhub_predicts.py';
  const args = [script, join(root, 'model'), join(root, 'models/checkpoints/best_model'), file];
  const { code, stdout, stderr } = await forked(args, { cwd: process.cwd(), env: process.env });
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as number[];
}

/** The judge is a large installation, which not every run of the tests has. */
(python === undefined ? describe.skip : describe)('the adapters library', () => {
  it.each(['pfeiffer', 'houlsby'])('loads a trained %s adapter, and gets the same logits', async (type) => {
    const root = adapterProject({ adapter_type: type });
    expect(await reprise(['finetune'], root)).toMatchObject({ code: 0 });
    const [base, best] = [join(root, 'model'), join(root, 'models/checkpoints/best_model')];
    const theirs = await libraryLogits(root, TEXTS);
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

  it('loads a trained adapter of GPT-2, and gets the same logits', async () => {
    const config = { method: 'adapter', adapter_type: 'houlsby', reduction_factor: 4, learning_rate: 0.01 };
    const root = tinyProject({ config }, tinyGpt2);
    const { code, stderr } = await reprise(['finetune'], root);
    expect([stderr, code]).toEqual([expect.any(String), 0]);
    const rows = [Int32Array.of(3, 1, 4, 1, 5, 9), Int32Array.of(2, 7, 1, 8, 2, 8)];
    const theirs = await libraryLogits(root, rows.map((row) => [...row])); // prettier-ignore

    const network = readNetwork(join(root, 'model'), []);
    const { method, values } = readAdapterHub(join(root, 'models/checkpoints/best_model'), network);
    const base = readWeights(network, join(root, 'model'), 0);
    const program = compileProgram(inferenceProgram(network, method, 2, [6]));
    for (const some of encodedWeights(base, method, 0)) program.assign(some);
    base.close();
    const feeds = {
      input_ids: Int32Array.from(rows.flatMap((row) => [...row])),
      attention_mask: new Float32Array(12).fill(1),
      position_ids: Int32Array.from(rows.flatMap((row) => [...row.keys()])),
    };
    const logits = (): number[] => [...(program.run('predict/6', feeds).logits as Float32Array)];
    const before = logits();
    program.assign(values);
    const ours = logits();
    program.dispose();
    expect(ours).toHaveLength(theirs.length);
    ours.forEach((logit, index) => expect(logit).toBeCloseTo(theirs[index] as number, 4));
    expect(ours.some((logit, index) => Math.abs(logit - (before[index] as number)) > 0.1)).toBe(true);
    rmSync(root, { recursive: true });
  });
});
