import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { compileProgram } from '../../../compute/index.js';
import { finetuningConfigSchema, loadFinetuningConfig } from '../../../configs/index.js';
import { frozenInBfloat16 } from '../../../finetuning/methods/bfloat16/frozen-in-bfloat16.js';
import { fullMethod } from '../../../finetuning/methods/full.js';
import { readAdapter } from '../../../finetuning/methods/lora/adapter-folder.js';
import type { Method } from '../../../finetuning/methods/method.js';
import { encodedWeights } from '../../../finetuning/models/encoded-weights.js';
import type { Network } from '../../../finetuning/models/network.js';
import { readNetwork, readWeights } from '../../../finetuning/models/read-network.js';
import { assignInitialWeights } from '../../../finetuning/training/initial-weights.js';
import { createOptimizer } from '../../../finetuning/training/optimizers/create-optimizer.js';
import { prepareTraining } from '../../../finetuning/training/prepare-training.js';
import { trainingProgram } from '../../../finetuning/training/training-program.js';
import { pythonForks } from '../../rig/python-forks.js';
import { tinyGpt2 } from '../training/tiny-gpt2.js';
import { tinyPictureProject } from '../training/tiny-pictures.js';
import { tinyProject } from '../training/tiny-project.js';
import { bert } from './bert-cell.js';
import { distance } from './distance.js';
import { gpt2 } from './gpt2-cell.js';
import { ownPeftName } from './lora-cell.js';
import { resnet } from './resnet-cell.js';
import type { Cell, CellBatch } from './rig.js';

jest.setTimeout(300_000);

/** A Python with PyTorch and transformers, from infra/python/bench.txt. */
const python = process.env.REPRISE_TEST_PEFT_PYTHON;
const forked = pythonForks(python ?? '', [
  'peft',
  ...['bert', 'gpt2', 'resnet'].map((name) => `transformers.models.${name}.modeling_${name}`),
]);

type Values = Readonly<Record<string, Float32Array>>;

/** Folders that PEFT wrote. */
const ADAPTERS = { 'bert-tiny': 'adapter', 'gpt2-tiny': 'lora' } as const;

interface Pass {
  readonly loss: number;
  readonly norm: number;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

/** What PyTorch computes of these rows. */
async function torchPasses(
  model: string,
  { inputs, labels, counted }: CellBatch,
  shape: readonly number[],
  adapter: readonly string[] = [],
): Promise<{ readonly float32: Pass; readonly autocast: Pass }> {
  const scratch = mkdtempSync(join(tmpdir(), 'reprise-torch-'));
  const nested = (values: ArrayLike<number>): unknown =>
    shape.slice(1).reduceRight<unknown[]>((flat, size) => chunks(flat, size), Array.from(values));
  const fed = Object.fromEntries(Object.entries(inputs).map(([name, values]) => [name, nested(values)]));
  const batch = join(scratch, 'batch.json');
  const all = Array.from(labels, (label, at) => (counted[at] === 1 ? label : -100));
  writeFileSync(batch, JSON.stringify({ ...fed, labels: all }));
  const script = 'tests/finetuning/parity/torch_passes.py';
  const settings = { cwd: process.cwd(), env: process.env };
  const { code, stdout, stderr } = await forked([script, model, batch, ...adapter], settings);
  rmSync(scratch, { recursive: true });
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as { float32: Pass; autocast: Pass };
}

function chunks(values: readonly unknown[], size: number): unknown[] {
  return Array.from({ length: values.length / size }, (_, at) => values.slice(at * size, (at + 1) * size));
}

/** Our loss and gradients of a tiny model's first batch, with products in bfloat16, and torch's. */
async function narrowPasses(
  name: string,
  { labels, rows, width, toBatch }: Pick<Cell, 'labels' | 'rows' | 'width' | 'toBatch'>,
  made: (network: Network, folder: string) => { readonly method: Method; readonly values?: Values },
  adapter: readonly string[] = [],
): Promise<{
  readonly own: Pick<Pass, 'loss' | 'gradients'>;
  readonly float32: Pass;
  readonly autocast: Pass;
}> {
  const folder = `tests/finetuning/fixtures/${name}`;
  const { batches } = JSON.parse(readFileSync(`${folder}/batches.json`, 'utf8')) as {
    batches: Record<string, unknown>[];
  };
  const batch = toBatch(batches[0] as Record<string, unknown>);
  const network = readNetwork(`${folder}/model`, labels);
  const { method, values = {} } = made(network, folder);
  const config = finetuningConfigSchema.parse({ method: 'full', model_name: name, seed: 0, optim: 'sgd' });
  const program = compileProgram(
    trainingProgram({
      network,
      method,
      optimizer: createOptimizer(config, network),
      maxGradNorm: 1,
      narrows: true,
      trainRows: rows,
      evalRows: rows,
      trainWidths: [width],
      evalWidths: [],
      accumulates: true,
    }),
  );
  const weights = readWeights(network, `${folder}/model`, 0);
  for (const given of encodedWeights(weights, method, 0)) program.assign(given);
  weights.close();
  program.assign(values);
  const all = batch.counted.reduce((sum, counts) => sum + counts, 0);
  const { loss } = program.run(`accumulate/${width}`, {
    ...batch.inputs,
    labels: batch.labels,
    label_weights: batch.counted.map((counts) => counts / all),
    dropout_counter: Int32Array.of(0, 1),
  });
  const sums = program.read(method.trainable.map((parameter) => `${parameter}/accumulated`));
  program.dispose();
  const gradients = Object.fromEntries(
    method.trainable.map((parameter) => [parameter, Array.from(sums[`${parameter}/accumulated`] ?? [])]),
  );
  const shape = name === 'resnet-tiny' ? [rows, width, width, 3] : [rows, width];
  const theirs = await torchPasses(`${folder}/model`, batch, shape, adapter.map((part) => `${folder}/${part}`)); // prettier-ignore
  return { own: { loss: loss?.[0] as number, gradients }, ...theirs };
}

/** Neither loss nor gradients may be further from float32 than autocast's, nor may they be float32's. */
function expectNarrow(
  name: string,
  { own, float32, autocast }: Awaited<ReturnType<typeof narrowPasses>>,
  ownName = (stored: string): string => stored,
): void {
  const renamed = ({ gradients }: Pass): Pass['gradients'] =>
    Object.fromEntries(Object.entries(gradients).map(([stored, values]) => [ownName(stored), values]));
  const lossApart = (of: number): number => Math.abs(of / float32.loss - 1);
  const exact = renamed(float32);
  const [ours, theirs] = [distance(own.gradients, exact), distance(renamed(autocast), exact)];
  console.log(
    `${name}: loss ${lossApart(own.loss).toExponential(1)} of float32's, autocast's ` +
      `${lossApart(autocast.loss).toExponential(1)}; gradients ${ours.toExponential(1)} and ${theirs.toExponential(1)}`,
  );
  // It is not float32: and 2⁻⁸ is what a bfloat16 may be off.
  expect(ours).toBeGreaterThan(1e-5);
  // A ResNet's relus and maxima fall otherwise where values are near each other, in either of them.
  expect(ours).toBeLessThan(1.5 * theirs);
  expect(lossApart(own.loss)).toBeLessThan(2 ** -8);
}

(python === undefined ? describe.skip : describe)('bfloat16 beside torch.autocast', () => {
  it.each([
    ['bert-tiny', bert],
    ['gpt2-tiny', gpt2],
    ['resnet-tiny', resnet],
  ] as const)('%s: is no further from float32 than that', async (name, cell) => {
    expectNarrow(name, await narrowPasses(name, cell, ({ shapes }) => ({ method: fullMethod(shapes) })));
  });

  it.each([
    ['bert-tiny', bert],
    ['gpt2-tiny', gpt2],
  ] as const)(
    '%s, LoRA over a base in bfloat16: is no further from float32 than PEFT is',
    async (name, cell) => {
      const overNarrow = (network: Network, folder: string): { method: Method; values: Values } => {
        const { method, values } = readAdapter(`${folder}/${ADAPTERS[name]}`, network);
        return { method: frozenInBfloat16(network, method), values };
      };
      expectNarrow(name, await narrowPasses(name, cell, overNarrow, [ADAPTERS[name]]), ownPeftName);
    },
  );
});

(python === undefined ? describe.skip : describe)('an epoch’s last batch, which has fewer rows', () => {
  it.each(['gpt2', 'resnet'])(
    'of %s has the loss and the gradient that PyTorch gives these rows',
    async (kind) => {
      const settings = { method: 'full', learning_rate: 0, dropout: 0, group_by_length: false };
      const root =
        kind === 'gpt2'
          ? tinyProject({ config: settings }, tinyGpt2)
          : await tinyPictureProject({ ...settings, dropout: null });
      const config = loadFinetuningConfig(root);
      const prepared = await prepareTraining({
        config,
        trainFile: join(root, 'data/finetuning/train.jsonl'),
        valFile: join(root, 'data/finetuning/val.jsonl'),
        modelDir: join(root, 'model'),
        projectDir: root,
      });
      assignInitialWeights(prepared, config.seed, join(root, 'model'), () => {});
      const { session, order, train } = prepared;
      const step = order.stepsPerEpoch - 1;
      const batches = order.batchesOf(step);
      const [short] = batches as [Int32Array];
      expect(short.length).toBe(4);
      expect(config.batch_size).toBe(8);
      const found = await session.update(step, batches, 0);
      // These rows alone, with nothing that fills the batch up.
      const alone = await train.batch(short, short.length, { seed: config.seed, pass: step });
      prepared.program.dispose();
      const shape = kind === 'gpt2' ? [4, alone.width] : [4, alone.width, alone.width, 3];
      const { float32 } = await torchPasses(join(root, 'model'), alone, shape);
      expect(Math.abs(found.loss / float32.loss - 1)).toBeLessThan(1e-4);
      expect(Math.abs(found.gradNorm / float32.norm - 1)).toBeLessThan(1e-4);
      rmSync(root, { recursive: true });
    },
  );
});
