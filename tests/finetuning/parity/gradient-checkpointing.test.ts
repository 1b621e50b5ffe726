import { readFileSync } from 'node:fs';
import { compileProgram } from '../../../compute/index.js';
import { finetuningConfigSchema } from '../../../configs/index.js';
import { fullMethod } from '../../../finetuning/methods/full.js';
import { readNetwork, readWeights } from '../../../finetuning/models/read-network.js';
import { createOptimizer } from '../../../finetuning/training/optimizers/create-optimizer.js';
import { trainingProgram } from '../../../finetuning/training/training-program.js';
import { classificationBatch } from './classification-batch.js';
import { describeParity } from './rig.js';

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

it('drops the same values both times', () => {
  const folder = 'tests/finetuning/fixtures/bert-tiny';
  const network = readNetwork(`${folder}/model`, ['a', 'b', 'c'], { dropout: 0.3 });
  const method = fullMethod(network.shapes);
  const config = finetuningConfigSchema.parse({ method: 'full', model_name: 'model', seed: 0 });
  const { batches } = JSON.parse(readFileSync(`${folder}/batches.json`, 'utf8')) as { batches: object[] };
  const { inputs, labels } = classificationBatch(batches[0] as Record<string, unknown>, 5, 9);
  const gradients = (recomputes: boolean): Record<string, ArrayLike<number>> => {
    const program = compileProgram(
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
    program.assign(Object.fromEntries(readWeights(network, `${folder}/model`, 0).values));
    program.run('accumulate/9', {
      ...inputs,
      labels,
      label_weights: new Float32Array(5).fill(0.2),
      dropout_counter: Int32Array.of(1, 2),
    });
    const read = program.read(method.trainable.map((name) => `${name}/accumulated`));
    program.dispose();
    return read;
  };
  const [kept, again] = [gradients(false), gradients(true)];
  for (const [name, values] of Object.entries(kept))
    Array.from(values).forEach((x, at) => expect(again[name]?.[at]).toBeCloseTo(x, 6));
});
