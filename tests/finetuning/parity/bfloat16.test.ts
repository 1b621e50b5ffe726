import { readFileSync } from 'node:fs';
import { compileProgram } from '../../../compute/index.js';
import { finetuningConfigSchema } from '../../../configs/index.js';
import { frozenInBfloat16 } from '../../../finetuning/methods/bfloat16/frozen-in-bfloat16.js';
import { encodedWeights } from '../../../finetuning/models/encoded-weights.js';
import { readNetwork, readWeights } from '../../../finetuning/models/read-network.js';
import { SafetensorsFile } from '../../../finetuning/models/safetensors/safetensors-file.js';
import { createOptimizer } from '../../../finetuning/training/optimizers/create-optimizer.js';
import { trainingProgram } from '../../../finetuning/training/training-program.js';
import { ADAPTER_TYPES, adapterCell } from './adapter-cell.js';
import { bert } from './bert-cell.js';
import { distance } from './distance.js';
import { gpt2 } from './gpt2-cell.js';
import { qloraCells } from './qlora-cell.js';
import { resnet } from './resnet-cell.js';
import type { Cell } from './rig.js';

interface Pass {
  readonly loss: number;
  readonly gradients: Readonly<Record<string, Float32Array>>;
}

/** A pass of the reference, under our names. */
function readPass(path: string, { ownName }: Cell): Pass {
  const file = SafetensorsFile.open(path);
  const gradients = file.names
    .filter((name) => name.startsWith('gradient.'))
    .map((name) => [ownName(name.slice('gradient.'.length)), file.readFloat32(name)] as const);
  const loss = file.readFloat32('loss')[0] as number;
  file.close();
  return { loss, gradients: Object.fromEntries(gradients) };
}

/** The same by us: products in bfloat16, over a base that is kept in it. */
function ownPass(cell: Cell, folder: string): Pass {
  const { rows, width } = cell;
  const network = readNetwork(`${folder}/model`, cell.labels);
  const method = frozenInBfloat16(network, cell.makeMethod(network));
  const config = finetuningConfigSchema.parse({ method: 'full', model_name: 'model', seed: 0, optim: 'sgd' });
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
  for (const values of encodedWeights(weights, method, 0)) program.assign(values);
  weights.close();
  const start = SafetensorsFile.open(`${folder}/${cell.method}.safetensors`);
  for (const stored of start.names.filter((name) => name.startsWith('before.')))
    program.assign({ [cell.ownName(stored.slice('before.'.length))]: start.readFloat32(stored) });
  start.close();
  const { batches } = JSON.parse(readFileSync(`${folder}/batches.json`, 'utf8')) as {
    batches: Record<string, unknown>[];
  };
  const { inputs, labels, counted } = cell.toBatch(batches[0] as Record<string, unknown>);
  const all = counted.reduce((sum, counts) => sum + counts, 0);
  const { loss } = program.run(`accumulate/${width}`, {
    ...inputs,
    labels,
    label_weights: counted.map((counts) => counts / all),
    dropout_counter: Int32Array.of(0, 1),
  });
  const sums = program.read(method.trainable.map((parameter) => `${parameter}/accumulated`));
  program.dispose();
  const gradients = method.trainable.map(
    (parameter) => [parameter, sums[`${parameter}/accumulated`] as Float32Array] as const,
  );
  return { loss: loss?.[0] as number, gradients: Object.fromEntries(gradients) };
}

const models = [bert, gpt2, { ...resnet, folder: 'resnet-tiny' }];
const cells = [
  ...models.flatMap((model) => ADAPTER_TYPES.map((type) => adapterCell(model, type))),
  ...Object.values(qloraCells),
].map((cell) => [cell.folder, cell.method, cell] as const);

/** torch under autocast, over a base in bfloat16, is the judge: `narrow` of tests/finetuning/fixtures/reference.py. */
it.each(cells)('%s, %s: bfloat16 is no further from float32 than torch’s', (folderName, name, cell) => {
  const folder = `tests/finetuning/fixtures/${folderName}`;
  const float32 = readPass(`${folder}/${name}.safetensors`, cell);
  const torch = readPass(`${folder}/bfloat16/${name}.safetensors`, cell);
  const own = ownPass(cell, folder);
  expect(Object.keys(own.gradients).sort()).toEqual(Object.keys(torch.gradients).sort());
  const apart = distance(own.gradients, float32.gradients);
  // It is not float32.
  expect(apart).toBeGreaterThan(1e-5);
  expect(apart).toBeLessThan(1.5 * distance(torch.gradients, float32.gradients));
  const lossApart = ({ loss }: Pass): number => Math.abs(loss / float32.loss - 1);
  // 2⁻⁸ is what a bfloat16 may be off.
  expect(lossApart(own)).toBeLessThan(Math.max(2 ** -8, 1.5 * lossApart(torch)));
});
