import { readFileSync } from 'node:fs';
import {
  bfloat16Values,
  bfloat16Words,
  compileProgram,
  interpretProgram,
  type Program,
  type ProgramDefinition,
  type TensorData,
} from '../../../../compute/index.js';
import { finetuningConfigSchema, type FinetuningConfig } from '../../../../configs/index.js';
import { createMethod } from '../../../../finetuning/methods/create-method.js';
import type { Method } from '../../../../finetuning/methods/method.js';
import { encodedWeights } from '../../../../finetuning/models/encoded-weights.js';
import { WeightValues } from '../../../../finetuning/models/load-weights.js';
import { modelVariables } from '../../../../finetuning/models/inference-program.js';
import { readNetwork, readWeights } from '../../../../finetuning/models/read-network.js';
import { fixedMemory } from '../../../../finetuning/plan/memory-parts.js';
import { createOptimizer } from '../../../../finetuning/training/optimizers/create-optimizer.js';
import { trainingProgram } from '../../../../finetuning/training/training-program.js';
import { bert } from '../../parity/bert-cell.js';
import { gpt2 } from '../../parity/gpt2-cell.js';
import { resnet } from '../../parity/resnet-cell.js';

const cells = { bert, gpt2, resnet: { ...resnet, folder: 'resnet-tiny' } };

/** What a training of such a cell is made of. */
function opened(name: keyof typeof cells, settings: object) {
  const { folder, labels, rows, width, toBatch } = cells[name];
  const root = `tests/finetuning/fixtures/${folder}`;
  const network = readNetwork(`${root}/model`, labels);
  const of = (bf16: boolean): FinetuningConfig =>
    finetuningConfigSchema.parse({ model_name: 'model', seed: 0, bf16, optim: 'sgd', ...settings });
  const { batches } = JSON.parse(readFileSync(`${root}/batches.json`, 'utf8')) as {
    readonly batches: readonly Record<string, unknown>[];
  };
  return { root, network, rows, width, of, batch: toBatch(batches[0] as Record<string, unknown>) };
}

const isFrozenMatrix = (
  shapes: ReadonlyMap<string, readonly number[]>,
  { trainable }: Method,
  name: string,
): boolean => (shapes.get(name)?.length ?? 0) > 1 && !trainable.includes(name);

it.each([
  ['gpt2', { method: 'lora' }],
  ['bert', { method: 'lora' }],
  ['bert', { method: 'adapter' }],
  ['resnet', { method: 'lora', target_modules: ['convolution'] }],
] as const)('%s, %p: half of what does not train, and all of what does', (name, settings) => {
  const { network, of } = opened(name, settings);
  const [wide, narrow] = [createMethod(of(false), network).method, createMethod(of(true), network).method];
  expect(narrow.trainable).toEqual(wide.trainable);
  const variables = modelVariables(network, narrow);
  for (const parameter of [...wide.trainable, ...network.buffers.keys()])
    expect(variables[parameter]?.dtype).toBe('float32');
  const held = (method: Method, config: FinetuningConfig): number =>
    fixedMemory(network, method, createOptimizer(config, network), config).weights;
  const frozen = [...network.shapes]
    .filter(([parameter]) => isFrozenMatrix(network.shapes, wide, parameter))
    .reduce((sum, [, shape]) => sum + shape.reduce((product, size) => product * size, 1), 0);
  // Rows of an odd length end with half a word.
  expect(held(wide, of(false)) - held(narrow, of(true))).toBeGreaterThan(1.9 * frozen);
  expect(held(wide, of(false)) - held(narrow, of(true))).toBeLessThanOrEqual(2 * frozen);
});

it('is not for what trains in full, nor for what is in four bits', () => {
  const { network, of } = opened('gpt2', { method: 'full' });
  expect(createMethod(of(true), network).method.stored).toBeUndefined();
  const qlora = opened('gpt2', { method: 'qlora' });
  const { stored } = createMethod(qlora.of(true), qlora.network).method;
  expect(stored?.get('transformer.h.0.attn.c_attn.weight')?.encodeNf4).toBeDefined();
  expect(Object.keys(stored?.get('transformer.wte.weight')?.variables ?? {})).toEqual([
    'transformer.wte.weight/bfloat16',
  ]);
});

describe.each([
  ['gpt2', { method: 'lora' }],
  ['gpt2', { method: 'lora', use_dora: true, gradient_checkpointing: true }],
  ['gpt2', { method: 'adapter', gradient_checkpointing: true }],
  ['bert', { method: 'lora', use_dora: true }],
  ['bert', { method: 'adapter', adapter_type: 'houlsby' }],
  ['resnet', { method: 'lora', target_modules: ['convolution'] }],
  ['gpt2', { method: 'qlora' }],
] as const)('%s, %p', (name, settings) => {
  const { root, network, rows, width, of, batch } = opened(name, settings);

  /** The model's values with those of frozen matrices rounded, also for what starts from them. */
  function roundedFirst(values: WeightValues, method: Method): WeightValues {
    const rounded = (parameter: string): Float32Array => {
      const given = values.get(parameter) as Float32Array;
      // Four bits are made of what the file has.
      const stays =
        !isFrozenMatrix(network.shapes, method, parameter) || method.stored?.has(parameter) === true;
      if (stays) return given;
      return bfloat16Values(bfloat16Words(given, 1), 1, given.length);
    };
    return new WeightValues(new Map(values.names.map((name) => [name, { read: () => rounded(name) }])));
  }

  /** Loss and gradients. @param rounds whether weights that do not train are rounded before, and kept in float32 */
  function pass(
    rounds: boolean,
    open: (definition: ProgramDefinition) => Program,
  ): Record<string, TensorData> {
    const config = of(true);
    const { method } = createMethod(of(!rounds), network);
    const program = open(
      trainingProgram({
        network,
        method,
        optimizer: createOptimizer(config, network),
        maxGradNorm: 1,
        narrows: true,
        recomputes: config.gradient_checkpointing,
        trainRows: rows,
        evalRows: rows,
        trainWidths: [width],
        evalWidths: [width],
        accumulates: true,
      }),
    );
    const weights = readWeights(network, `${root}/model`, 0);
    const values = rounds ? roundedFirst(weights.values, method) : weights.values;
    for (const given of encodedWeights({ values }, method, 0)) program.assign(given);
    weights.close();
    const evaluated = program.run(`evaluate/${width}`, { ...batch.inputs, labels: batch.labels });
    const { loss } = program.run(`accumulate/${width}`, {
      ...batch.inputs,
      labels: batch.labels,
      label_weights: batch.counted,
      dropout_counter: Int32Array.of(1, 2),
    });
    const sums = program.read(method.trainable.map((parameter) => `${parameter}/accumulated`));
    program.dispose();
    return { ...sums, ...evaluated, loss: loss as TensorData };
  }

  it('comes to the bytes of a base that was rounded before', () => {
    expect(pass(false, compileProgram)).toEqual(pass(true, compileProgram));
    expect(pass(false, interpretProgram)).toEqual(pass(true, interpretProgram));
  });
});
