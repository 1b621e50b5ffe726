import { readFileSync } from 'node:fs';
import { DataType } from '../../../compute/graph/data-type.js';
import type { GraphNode } from '../../../compute/graph/node.js';
import type { ProgramDefinition } from '../../../compute/index.js';
import { recordProgram } from '../../../compute/program/record-program.js';
import { finetuningConfigSchema } from '../../../configs/index.js';
import { frozenInBfloat16 } from '../../../finetuning/methods/bfloat16/frozen-in-bfloat16.js';
import { fullMethod } from '../../../finetuning/methods/full.js';
import type { Method } from '../../../finetuning/methods/method.js';
import { generationProgram } from '../../../finetuning/models/generation/generation-program.js';
import { inferenceProgram } from '../../../finetuning/models/inference-program.js';
import type { CachedDecoding, Network } from '../../../finetuning/models/network.js';
import { readNetwork } from '../../../finetuning/models/read-network.js';
import { createOptimizer } from '../../../finetuning/training/optimizers/create-optimizer.js';
import { trainingProgram, type ProgramSettings } from '../../../finetuning/training/training-program.js';
import { adapterCell } from './adapter-cell.js';
import { bert } from './bert-cell.js';
import { gpt2 } from './gpt2-cell.js';
import { loraCell } from './lora-cell.js';
import { qloraCells } from './qlora-cell.js';
import { resnet } from './resnet-cell.js';
import type { Cell } from './rig.js';

/*
 * What a GPU would be given, beside what TensorFlow's CUDA build has for one (tests/compute/program/fixtures/gpu_kernels.py): no GPU is
 * needed to see that it has a kernel for each operation, that nothing of a model's size lies in the host's memory, and that the same
 * bits come out in each run.
 */

interface Kernel {
  /** Attribute → TensorFlow's DataType numbers. */
  readonly types: Readonly<Record<string, readonly number[]>>;
  /** Arguments and results that lie in the host's memory. */
  readonly host: readonly string[];
}

const kernels = JSON.parse(readFileSync('tests/compute/program/fixtures/gpu-kernels.json', 'utf8')) as Record<
  string,
  readonly Kernel[]
>;

/** Tells where something is, and how large: the host has it in any case. */
const SIZES = [
  ...['shape', 'perm', 'begin', 'size', 'end', 'strides', 'axis', 'dim', 'dims', 'dimension', 'paddings'],
  ...['constant_values', 'reduction_indices', 'num_segments', 'input_sizes', 'filter_sizes', 'multiples'],
  ...['resource', 'var', 'm', 'v', 'size_splits', 'split_dim', 'start', 'limit', 'delta'],
];

function kernelsOf({ op, attributes }: GraphNode): readonly Kernel[] {
  return (kernels[op] ?? []).filter(({ types }) =>
    Object.entries(types).every(([name, allowed]) => {
      const given = attributes[name];
      return given?.kind !== 'type' || allowed.includes(given.value);
    }),
  );
}

/** Kernels that are refused on a GPU while TF_DETERMINISTIC_OPS is set, and those that are then done on the host. */
function isRefused({ op, attributes }: GraphNode): boolean {
  const training = attributes.is_training;
  return (
    /^(Sparse)?SoftmaxCrossEntropyWithLogits$|^(TensorS|S)catter/.test(op) ||
    (op === 'FusedBatchNormGradV3' && training?.kind === 'bool' && !training.value)
  );
}

function complaints(definition: ProgramDefinition): string[] {
  const { nodes } = recordProgram(definition).graph;
  const byName = new Map(nodes.map((node) => [node.name, node]));
  /** What a value is made of where it lies: small integers are made on the host, and stay there. */
  const isLarge = (source: string): boolean => {
    const node = byName.get(source.split(':')[0] as string);
    if (!node) return false;
    if (node.op === 'ReadVariableOp' || node.op === 'PartitionedCall') return true;
    return ['Bitcast', 'Identity', 'Reshape', 'Slice', 'Transpose'].includes(node.op)
      ? isLarge(node.inputs[0] as string)
      : false;
  };
  return nodes.flatMap((node) => {
    const found = kernelsOf(node);
    const where = `${node.op} ${node.name}`;
    if (found.length === 0) return [`no kernel: ${where}`];
    if (isRefused(node)) return [`not the same in each run: ${where}`];
    const onHost = found.every(({ host }) => host.some((name) => !SIZES.includes(name)));
    return onHost && node.inputs.some(isLarge) ? [`on the host: ${where}`] : [];
  });
}

const models = { bert, gpt2, resnet: { ...resnet, folder: 'resnet-tiny' } };
const cells = Object.entries(models).flatMap(([name, model]) => [
  { ...model, method: 'full', makeMethod: ({ shapes }: Network) => fullMethod(shapes) },
  loraCell(model, name === 'bert' ? 'lora-all-linear' : 'lora'),
  qloraCells[name as keyof typeof models],
  adapterCell(model, 'houlsby'),
]) as readonly Cell[];

const before = process.env.REPRISE_GRAPHS_FOR;
beforeAll(() => void (process.env.REPRISE_GRAPHS_FOR = 'gpu'));
afterAll(() => {
  if (before === undefined) delete process.env.REPRISE_GRAPHS_FOR;
  else process.env.REPRISE_GRAPHS_FOR = before;
});

describe.each(cells.map((cell) => [cell.folder, cell.method, cell] as const))('%s, %s', (_, name, cell) => {
  const network = readNetwork(`tests/finetuning/fixtures/${cell.folder}/model`, cell.labels);
  const { rows, width } = cell;
  const training = (
    method: Method,
    settings: Partial<ProgramSettings>,
    config: Readonly<Record<string, unknown>> = {},
  ): string[] =>
    complaints(
      trainingProgram({
        network,
        method,
        optimizer: createOptimizer(
          finetuningConfigSchema.parse({ method: 'full', model_name: 'model', seed: 0, ...config }),
          network,
        ),
        maxGradNorm: 1,
        trainRows: rows,
        evalRows: rows,
        trainWidths: [width],
        evalWidths: [width],
        accumulates: false,
        ...settings,
      }),
    );

  it('is trained on the GPU, in the same order each time', () => {
    expect(training(cell.makeMethod(network), {})).toEqual([]);
  });

  it('also with everything that can be asked for', () => {
    const method = cell.makeMethod(network);
    const all = {
      recomputes: !cell.folder.startsWith('resnet'),
      averages: true,
      labelSmoothing: 0.1,
      accumulates: true,
    };
    expect(training(method, all, { optim: 'adafactor' })).toEqual([]);
    expect(training(method, { noiseAlpha: name === 'full' ? 5 : null }, { optim: 'lion' })).toEqual([]);
  });

  it('also in bfloat16', () => {
    const method = cell.makeMethod(network);
    const kept = name === 'full' ? method : frozenInBfloat16(network, method);
    expect(training(kept, { narrows: true }, { optim: 'sgd' })).toEqual([]);
  });

  it('also when it answers', () => {
    const method = cell.makeMethod(network);
    expect(complaints(inferenceProgram(network, method, rows, [width]))).toEqual([]);
    const { decoding } = network as { decoding?: CachedDecoding };
    if (decoding)
      expect(
        complaints(generationProgram(network, decoding, method, { rows: 2, widths: [4], slots: 8 })),
      ).toEqual([]);
  });
});

it('is not said of what a CPU is given', () => {
  delete process.env.REPRISE_GRAPHS_FOR;
  const network = readNetwork('tests/finetuning/fixtures/bert-tiny/model', bert.labels);
  const definition: ProgramDefinition = {
    variables: { codes: { shape: [8], dtype: 'int32' } },
    signatures: {},
  };
  const [variable] = recordProgram(definition).graph.nodes;
  expect(variable?.attributes.dtype).toEqual({ kind: 'type', value: DataType.float32 });
  const config = finetuningConfigSchema.parse({ method: 'full', model_name: 'model', seed: 0 });
  const said = complaints(
    trainingProgram({
      network,
      method: fullMethod(network.shapes),
      optimizer: createOptimizer(config, network),
      maxGradNorm: 1,
      trainRows: 2,
      evalRows: 2,
      trainWidths: [8],
      evalWidths: [],
      accumulates: false,
    }),
  );
  expect(said).toEqual([expect.stringMatching(/^not the same in each run: SparseSoftmax/)]);
});
