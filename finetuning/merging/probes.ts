import type { TensorData } from '../../compute/index.js';
import type { FinetuningConfig } from '../../configs/index.js';
import type { Network, Task } from '../models/network.js';
import { normalValues, uniformValues } from '../random/draws.js';
import { predictionBatches } from '../text/prediction-batches.js';
import type { ExampleBatch } from '../training/examples/examples.js';
import { openDataset } from '../training/examples/open-dataset.js';

/** Inputs that two models are compared on. */
export type ProbeBatch = Pick<ExampleBatch, 'width' | 'inputs' | 'counted'>;

export interface Probes {
  /** What they are, for those who read the figures. */
  readonly description: string;
  /** Of each batch, those that do not count included. */
  readonly rows: number;
  /** Some have two texts. */
  readonly pairs: boolean;
  readonly batches: readonly ProbeBatch[];
}

interface Size {
  /** Of a batch. */
  readonly rows: number;
  readonly inputs: number;
}

const SIZES: Readonly<Record<Task, Size>> = {
  'text-classification': { rows: 8, inputs: 64 },
  // A row of logits, a vocabulary wide, for each token: few inputs are many rows, and much memory.
  'causal-lm': { rows: 1, inputs: 16 },
  'image-classification': { rows: 4, inputs: 16 },
};

/** The first rows of a project's data. @throws DiagnosticError for what is wrong with the file */
export async function probesOf(
  network: Network,
  modelDir: string,
  file: string,
  config: FinetuningConfig,
): Promise<Probes> {
  const head = { task: network.task, problem: network.problem, ownLabels: network.labels };
  const dataset = await openDataset(head, file, file, config);
  const { train } = dataset.encode(network, modelDir, Math.min(config.max_length, network.maxWidth));
  const { rows, inputs } = SIZES[network.task];
  const taken = { count: Math.min(inputs, train.count), length: (row: number) => train.length(row) };
  return {
    description: file,
    rows,
    pairs: dataset.pairs === true,
    batches: await Promise.all(predictionBatches(taken, rows).map((batch) => train.batch(batch, rows))),
  };
}

const TOKENS = 32;
const PIXELS = 224;

/** Where there is no data: inputs of random tokens or pixels, the same each time. */
export function randomProbes(network: Network): Probes {
  const { rows, inputs } = SIZES[network.task];
  const width = Math.min(network.task === 'image-classification' ? PIXELS : TOKENS, network.maxWidth);
  const counted = new Float32Array(network.labelCount(rows, width)).fill(1);
  const batches = Array.from({ length: inputs / rows }, (_, batch) => ({
    width,
    counted,
    inputs: Object.fromEntries(
      Object.entries(network.feeds(rows, width)).map(([name, { shape }]) => {
        const size = shape.reduce((product, dimension) => product * dimension, 1);
        return [name, randomFeed(network, name, size, width, `merge/${name}/${batch}`)];
      }),
    ),
  }));
  return { description: 'random inputs', rows, pairs: false, batches };
}

function randomFeed(network: Network, name: string, size: number, width: number, site: string): TensorData {
  switch (name) {
    case 'input_ids':
      return Int32Array.from(uniformValues(size, 0.5, 0, site), (x) =>
        Math.min(network.vocabulary - 1, Math.floor((x + 0.5) * network.vocabulary)),
      );
    case 'position_ids':
      return Int32Array.from({ length: size }, (_, at) => at % width);
    case 'attention_mask':
      return new Float32Array(size).fill(1);
    case 'pixel_values':
      return normalValues(size, 1, 0, site);
    default:
      throw new RangeError(`no random values for ${name}`);
  }
}
