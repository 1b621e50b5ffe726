import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { compileProgram } from '../../../../compute/index.js';
import { loadFinetuningConfig } from '../../../../configs/index.js';
import { finetune, mergeAdapter } from '../../../../finetuning/index.js';
import { readAdapter } from '../../../../finetuning/methods/lora/adapter-folder.js';
import { inferenceProgram } from '../../../../finetuning/models/inference-program.js';
import { readNetwork, readWeights } from '../../../../finetuning/models/read-network.js';
import { expectClose } from '../../parity/rig.js';
import { tinyGpt2 } from '../../training/tiny-gpt2.js';
import { tinyProject } from '../../training/tiny-project.js';

jest.setTimeout(600_000);

/** A Python with transformers and PEFT, from infra/python/bench.txt. */
const python = process.env.REPRISE_TEST_PEFT_PYTHON;
const [ROWS, WIDTH] = [3, 7];

interface Job {
  readonly root: string;
  readonly base: string;
  readonly adapter: string;
  readonly merged: string;
  readonly labels: number;
  readonly input_ids: number[][];
  readonly own: Float32Array;
}

/** Trains a little with these options, merges, and asks the adapter itself. */
async function trained(kind: 'bert' | 'gpt2', options: object): Promise<Job> {
  const lora = { method: 'lora', lora_r: 4, lora_alpha: 6, lora_dropout: 0.1, max_steps: 6, ...options };
  const root = tinyProject({ config: lora }, ...(kind === 'gpt2' ? [tinyGpt2] : []));
  const [base, outputDir] = [join(root, 'model'), join(root, 'out')];
  const [trainFile, valFile] = ['train', 'val'].map((name) =>
    join(root, `data/finetuning/${name}.jsonl`),
  ) as [string, string];
  const config = loadFinetuningConfig(root);
  await finetune({
    config,
    trainFile,
    valFile,
    outputDir,
    checkpoints: { under: join(root, 'checkpoints') },
    modelDir: base,
    projectDir: root,
    onEvent: () => undefined,
  });
  const [adapter, merged] = [join(outputDir, 'best_model'), join(root, 'merged')];
  const drift = await mergeAdapter({
    adapterDir: adapter,
    baseModelDir: base,
    outputDir: merged,
    data: { file: valFile, config },
  });
  expect(drift.inputs).toBe(valFile);
  expect(drift.max_relative).toBeLessThan(1e-5);

  const labels = kind === 'bert' ? ['animal', 'place', 'thing'] : [];
  const network = readNetwork(base, labels);
  const { method, values } = readAdapter(adapter, network);
  const program = compileProgram(inferenceProgram(network, method, ROWS, [WIDTH]));
  const weights = readWeights(network, base, 0);
  program.assign({ ...Object.fromEntries(weights.values), ...values });
  weights.close();
  const ids = Int32Array.from({ length: ROWS * WIDTH }, (_, at) => 5 + ((at * 37) % 100));
  const { logits } = program.run(`predict/${WIDTH}`, {
    input_ids: ids,
    attention_mask: new Float32Array(ids.length).fill(1),
    ...(kind === 'gpt2' ? { position_ids: ids.map((_, at) => at % WIDTH) } : {}),
  });
  program.dispose();
  const rows = Array.from({ length: ROWS }, (_, row) => [...ids.subarray(row * WIDTH, (row + 1) * WIDTH)]);
  return { root, base, adapter, merged, labels: labels.length, input_ids: rows, own: logits as Float32Array };
}

/** The judge is a large installation, which not every run of the tests has. */
(python === undefined ? describe.skip : describe)('PEFT', () => {
  it('loads what was trained with each option, and transformers what was merged, with equal logits', async () => {
    const jobs = [
      await trained('bert', { target_modules: 'all-linear', use_rslora: true, bias: 'all' }),
      await trained('bert', {
        target_modules: '.*(query|output.dense)',
        use_dora: true,
        bias: 'lora_only',
        rank_pattern: { query: 2 },
        modules_to_save: ['classifier', 'layer.1'],
      }),
      await trained('gpt2', { target_modules: null }),
      await trained('gpt2', { target_modules: 'all-linear', use_dora: true, use_rslora: true }),
    ];
    const file = join((jobs[0] as Job).root, 'jobs.json');
    writeFileSync(file, JSON.stringify(jobs.map(({ own: _, ...job }) => job)));
    const script = 'tests/finetuning/methods/lora/peft_loads.py';
    const { status, stdout, stderr } = spawnSync(python as string, [script, file], { encoding: 'utf8' });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const answers = JSON.parse(stdout) as [number[], number[]][];
    jobs.forEach(({ own, root }, index) => {
      const [adapter, merged] = answers[index] as [number[], number[]];
      expectClose(own, Float32Array.from(adapter), `job ${index}: with the adapter`);
      expectClose(own, Float32Array.from(merged), `job ${index}: merged`);
      rmSync(root, { recursive: true });
    });
  });
});
