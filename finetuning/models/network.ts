import { join } from 'node:path';
import type { tf } from '../../compute/index.js';
import type { Method } from '../methods/method.js';
import { bertClassifier } from './bert/classifier.js';
import { readBertConfig, type BertConfig } from './bert/config.js';
import type { EncoderInput } from './bert/encoder.js';
import { loadBertWeights, type LoadedWeights } from './bert/load-weights.js';
import { bertParameters, type ParameterShapes } from './bert/parameters.js';
import type { Dropout } from './layers/forward-context.js';
import { SafetensorsFile } from './safetensors/safetensors-file.js';

/** A classifier's architecture: what parameters it has and how logits come from them. It holds no values. */
export interface Network {
  readonly config: BertConfig;
  readonly labels: readonly string[];
  /** The model's own parameters, without a method's additions. */
  readonly shapes: ParameterShapes;
  /** @returns logits [rows, labels] */
  logits(
    parameters: Readonly<Record<string, tf.Tensor>>,
    input: EncoderInput,
    method: Method,
    dropout: Dropout,
  ): tf.Tensor2D;
}

/**
 * @param dropout in place of the model's own probabilities
 * @throws DiagnosticError `bad-model-config`
 */
export function readNetwork(
  modelDir: string,
  labels: readonly string[],
  dropout: number | null = null,
): Network {
  const own = readBertConfig(join(modelDir, 'config.json'));
  const config = dropout === null ? own : withDropout(own, dropout);
  return {
    config,
    labels,
    shapes: bertParameters(config, labels.length),
    logits(parameters, input, method, dropout) {
      const weight = (name: string): tf.Tensor => {
        const found = parameters[name];
        if (!found) throw new RangeError(`the network has no parameter ${name}`);
        return found;
      };
      const wrap = (layer: Parameters<Method['wrap']>[0]): ReturnType<Method['wrap']> =>
        method.wrap(layer, { weight, dropout });
      return bertClassifier({ weight, wrap, dropout }, config, input);
    },
  };
}

function withDropout(config: BertConfig, probability: number): BertConfig {
  return {
    ...config,
    hidden_dropout_prob: probability,
    attention_probs_dropout_prob: probability,
    classifier_dropout: probability,
  };
}

/** @throws DiagnosticError `bad-safetensors`, `missing-weights`, `shape-mismatch` */
export function readWeights(network: Network, weightsFile: string, seed: number): LoadedWeights {
  const file = SafetensorsFile.open(weightsFile);
  try {
    return loadBertWeights(file, network.shapes, network.config, seed);
  } finally {
    file.close();
  }
}
