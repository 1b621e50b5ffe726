import type { tf } from '../../../compute/index.js';
import { normalValues } from '../../random/draws.js';
import { forwardContext } from '../forward.js';
import { parseModelConfig } from '../model-config.js';
import type { Network, NetworkOptions } from '../network.js';
import { problemOf } from '../problem.js';
import { bertClassifier } from './classifier.js';
import { bertConfigSchema, type BertConfig } from './config.js';
import { bertParameters } from './parameters.js';

/** Old checkpoints call the parameters of a norm gamma and beta; encoders alone have no `bert.` before their names. */
function currentName(stored: string): string {
  const renamed = stored
    .replace(/LayerNorm\.gamma$/, 'LayerNorm.weight')
    .replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
  return /^(embeddings|encoder|pooler)\./.test(renamed) ? `bert.${renamed}` : renamed;
}

/** BertForSequenceClassification. @throws DiagnosticError `bad-model-config` */
export function bertNetwork({
  config: json,
  file,
  labels,
  dropout,
  problem,
  pairs,
}: NetworkOptions): Network {
  const own = parseModelConfig(bertConfigSchema, json, file);
  const config = dropout === null ? own : withDropout(own, dropout);
  const parameters = bertParameters(config, labels.length);
  return {
    task: 'text-classification',
    problem: problem ?? problemOf(json),
    labels,
    shapes: parameters.shapes,
    layers: parameters.layers,
    buffers: new Map(),
    maxWidth: config.max_position_embeddings,
    vocabulary: config.vocab_size,
    classes: labels.length,
    // `LayerNorm` is in their names.
    isLayerNorm: () => false,
    architecture: 'BertForSequenceClassification',
    names: {
      current: currentName,
      // Buffers that older versions of transformers saved, and heads of the pretraining task.
      isLeftover: (name) => /(^|\.)position_ids$|^cls\./.test(name),
      // A pooler is missing where a model was trained without one.
      mayBeNew: (name) => /^classifier\.|^bert\.pooler\./.test(name),
      isHead: (name) => name.startsWith('classifier.'),
      initial: (name, count, seed) =>
        name.endsWith('.bias')
          ? new Float32Array(count)
          : normalValues(count, config.initializer_range, seed, `new/${name}`),
    },
    feeds: (rows, width) => ({
      input_ids: { shape: [rows, width], dtype: 'int32' },
      attention_mask: { shape: [rows, width], dtype: 'float32' },
      ...(pairs ? { token_type_ids: { shape: [rows, width], dtype: 'int32' } } : {}),
    }),
    labelCount: (rows) => rows,
    logits(parameters, inputs, method, dropout, update) {
      const input = {
        inputIds: inputs.input_ids as tf.Tensor2D,
        attentionMask: inputs.attention_mask as tf.Tensor2D,
        ...(pairs ? { tokenTypeIds: inputs.token_type_ids as tf.Tensor2D } : {}),
      };
      return bertClassifier(forwardContext(parameters, method, dropout, update), config, input);
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
