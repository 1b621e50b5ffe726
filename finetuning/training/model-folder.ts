import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Network } from '../models/network.js';
import type { IntegerTensor } from '../models/safetensors/encode-safetensors.js';
import type { SavedFormat } from '../methods/saved-format.js';
import { tokenizerFiles } from '../text/text-tokenizer.js';
import type { FolderContents } from './durable-folder.js';
import { toJson } from './training-state.js';
import { encodeWeights, type Tensors } from './weight-files.js';

/** How transformers draws texts, where it is not told: which tokens end one, and what is filled up with. */
const GENERATION_FILE = 'generation_config.json';

/**
 * The files of a finetuned model: weights in the method's format, the model's configuration with the labels, and the
 * tokenizer. Nothing in them depends on when or where they were made.
 */
export function modelFolder(options: {
  readonly baseModelDir: string;
  readonly network: Network;
  readonly format: SavedFormat;
  readonly weights: Tensors;
  /** Batches that the running statistics among the weights have seen. */
  readonly batchesSeen: number;
  /** Files that say what a picture, or another input, is turned into. */
  readonly companions: FolderContents;
}): FolderContents {
  const { baseModelDir, network, format, weights, batchesSeen, companions } = options;
  const { labels } = network;
  const all = JSON.parse(readFileSync(join(baseModelDir, 'config.json'), 'utf8')) as Record<string, unknown>;
  // The weights that are written here are not those that this was said of. A count of labels goes before their names in transformers 5.
  const { quantization_config: _, num_labels: _count, _num_labels: _older, ...base } = all;
  const config = {
    ...base,
    ...typesIn(base),
    ...format.config,
    architectures: [network.architecture],
    ...(labels.length > 0
      ? {
          id2label: Object.fromEntries(labels.map((label, index) => [String(index), label])),
          label2id: Object.fromEntries(labels.map((label, index) => [label, index])),
          problem_type: network.problem,
        }
      : {}),
  };
  const copied = [...tokenizerFiles, ...(network.task === 'causal-lm' ? [GENERATION_FILE] : [])];
  const companionsOfBase = copied
    .filter((name) => existsSync(join(baseModelDir, name)))
    .map((name) => [name, readFileSync(join(baseModelDir, name))] as const);
  return {
    ...format.companions,
    ...Object.fromEntries(companionsOfBase),
    ...companions,
    ...encodeWeights(format, { ...renamed(weights, format.toFile), ...batchCounts(weights, batchesSeen) }),
    'config.json': toJson(config),
    ...(labels.length > 0 ? { 'labels.json': toJson(labels) } : {}),
  };
}

/**
 * Of which type a config.json says the weights are: those here are float32, whatever the base's were. transformers would round them to
 * the base's type as it loads them.
 */
function typesIn(config: Readonly<Record<string, unknown>>): Record<string, string> {
  const keys = ['torch_dtype', 'dtype'].filter((key) => typeof config[key] === 'string');
  return Object.fromEntries(keys.map((key) => [key, 'float32']));
}

/** torch keeps the count beside each norm's running statistics, and misses it where it is not. */
function batchCounts(weights: Tensors, batchesSeen: number): Record<string, IntegerTensor> {
  const means = Object.keys(weights).filter((name) => name.endsWith('.running_mean'));
  const count = { dtype: 'I64', shape: [], data: BigInt64Array.of(BigInt(batchesSeen)) } as const;
  return Object.fromEntries(
    means.map((name) => [name.replace(/running_mean$/, 'num_batches_tracked'), count]),
  );
}

export function renamed(tensors: Tensors, rename: (name: string) => string | undefined): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).flatMap(([name, tensor]) => {
      const other = rename(name);
      return other === undefined ? [] : [[other, tensor] as const];
    }),
  );
}
