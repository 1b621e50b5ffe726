import { readFileSync } from 'node:fs';
import {
  compileProgram,
  interpretProgram,
  type Program,
  type ProgramDefinition,
} from '../../../compute/index.js';
import { finetuningConfigSchema } from '../../../configs/index.js';
import { createMethod } from '../../../finetuning/methods/create-method.js';
import { fullMethod } from '../../../finetuning/methods/full.js';
import { encodedWeights } from '../../../finetuning/models/encoded-weights.js';
import { readNetwork, readWeights } from '../../../finetuning/models/read-network.js';
import { createOptimizer } from '../../../finetuning/training/optimizers/create-optimizer.js';
import { trainingProgram } from '../../../finetuning/training/training-program.js';
import { classificationBatch } from './classification-batch.js';
import { languageModelBatch } from './language-model-batch.js';
import { describeParity, expectClose } from './rig.js';

describe('calculated again in the backward pass', () => {
  describeParity({
    folder: 'bert-tiny',
    method: 'full',
    labels: ['a', 'b', 'c'],
    rows: 5,
    width: 9,
    settings: { gradient_checkpointing: true },
    makeMethod: (network) => fullMethod(network.shapes),
    ownName: (stored) => stored,
    toBatch: (batch) => classificationBatch(batch, 5, 9),
    isRounding: (own) => own.endsWith('.key.bias'),
  });
});

it.each([
  ['bert-tiny', 'full'],
  ['gpt2-tiny', 'full'],
  // Four bits are unpacked anew for each product, also in the second calculation.
  ['bert-tiny', 'qlora'],
  ['gpt2-tiny', 'qlora'],
] as const)('%s, %s: drops the same values both times, and comes to the same bytes', (name, kind) => {
  const folder = `tests/finetuning/fixtures/${name}`;
  const labels = name === 'bert-tiny' ? ['a', 'b', 'c'] : [];
  const network = readNetwork(`${folder}/model`, labels, { dropout: 0.3 });
  const config = finetuningConfigSchema.parse({
    method: kind,
    model_name: 'model',
    seed: 0,
    ...(kind === 'qlora' ? { lora_dropout: 0.3 } : {}),
  });
  const { method } = createMethod(config, network);
  const { batches } = JSON.parse(readFileSync(`${folder}/batches.json`, 'utf8')) as { batches: object[] };
  const first = batches[0] as Record<string, unknown>;
  const batch = name === 'bert-tiny' ? classificationBatch(first, 5, 9) : languageModelBatch(first);
  const gradients = (
    recomputes: boolean,
    open: (definition: ProgramDefinition) => Program,
  ): Record<string, ArrayLike<number>> => {
    const program = open(
      trainingProgram({
        network,
        method,
        optimizer: createOptimizer(config, network),
        maxGradNorm: 1,
        recomputes,
        trainRows: 5,
        evalRows: 5,
        trainWidths: [9],
        evalWidths: [],
        accumulates: true,
      }),
    );
    for (const values of encodedWeights(readWeights(network, `${folder}/model`, 0), method, 0))
      program.assign(values);
    program.run('accumulate/9', {
      ...batch.inputs,
      labels: batch.labels,
      label_weights: batch.counted,
      dropout_counter: Int32Array.of(1, 2),
    });
    const read = program.read(method.trainable.map((name) => `${name}/accumulated`));
    program.dispose();
    return read;
  };
  expect(gradients(true, interpretProgram)).toEqual(gradients(false, interpretProgram));
  // TensorFlow fuses the one graph otherwise than the other, and so rounds otherwise.
  const [kept, again] = [gradients(false, compileProgram), gradients(true, compileProgram)];
  for (const [name, values] of Object.entries(kept))
    expectClose(again[name] as Float32Array, values as Float32Array, name, 1e-5);
});
