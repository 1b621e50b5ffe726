import type { tf } from '../../../compute/index.js';
import { forwardContext } from '../forward.js';
import { parseModelConfig } from '../model-config.js';
import type { Inputs, Network, NetworkOptions } from '../network.js';
import { gpt2ConfigSchema, type Gpt2Config } from './config.js';
import { gpt2Decoder, HEAD_TABLE, vocabularyLogits, type DecoderInput } from './decoder.js';
import { gpt2Decoding } from './generate.js';
import { gpt2Parameters } from './parameters.js';

/** GPT2LMHeadModel. @throws DiagnosticError `bad-model-config` */
export function gpt2Network({ config: json, file, dropout }: NetworkOptions): Network {
  const own = parseModelConfig(gpt2ConfigSchema, json, file);
  const config = dropout === null ? own : withDropout(own, dropout);
  const parameters = gpt2Parameters(config);
  return {
    task: 'causal-lm',
    problem: 'single_label_classification',
    labels: [],
    shapes: parameters.shapes,
    layers: parameters.layers,
    buffers: new Map(),
    maxWidth: config.n_positions,
    vocabulary: config.vocab_size,
    classes: config.vocab_size,
    isLayerNorm: (parameter) => /\.ln_[12f]\./.test(parameter),
    architecture: 'GPT2LMHeadModel',
    names: {
      // The bare decoder has no `transformer.` before its names.
      current: (stored) => (/^(wte|wpe|h|ln_f)\./.test(stored) ? `transformer.${stored}` : stored),
      // Causal masks that older versions of transformers saved, and the head, which is the token embeddings.
      isLeftover: (name) => /\.attn\.(masked_)?bias$|^lm_head\.weight$/.test(name),
      mayBeNew: () => false,
      isHead: () => false,
      initial(name) {
        throw new RangeError(`a GPT-2 has no new ${name}`);
      },
    },
    feeds: (rows, width) => ({
      input_ids: { shape: [rows, width], dtype: 'int32' },
      attention_mask: { shape: [rows, width], dtype: 'float32' },
      position_ids: { shape: [rows, width], dtype: 'int32' },
    }),
    labelCount: (rows, width) => rows * width,
    decoding: gpt2Decoding(config),
    languageHead: {
      table: HEAD_TABLE,
      features: (parameters, inputs, method, dropout) =>
        gpt2Decoder(forwardContext(parameters, method, dropout), config, decoderInput(inputs)),
    },
    logits(parameters, inputs, method, dropout) {
      const context = forwardContext(parameters, method, dropout);
      return vocabularyLogits(context, gpt2Decoder(context, config, decoderInput(inputs)));
    },
  };
}

function decoderInput(inputs: Inputs): DecoderInput {
  return {
    inputIds: inputs.input_ids as tf.Tensor2D,
    attentionMask: inputs.attention_mask as tf.Tensor2D,
    positionIds: inputs.position_ids as tf.Tensor2D,
  };
}

function withDropout(config: Gpt2Config, probability: number): Gpt2Config {
  return { ...config, embd_pdrop: probability, attn_pdrop: probability, resid_pdrop: probability };
}
