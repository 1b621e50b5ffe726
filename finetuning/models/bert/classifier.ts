import { tf } from '../../../compute/index.js';
import type { ForwardContext } from '../layers/forward-context.js';
import { linear } from '../layers/linear.js';
import type { BertConfig } from './config.js';
import { bertEncoder, type EncoderInput } from './encoder.js';

/** tanh of a linear layer over each text's first token: last hidden states [rows · width, hidden] → [rows, hidden] */
export function bertPooler(
  context: ForwardContext,
  config: BertConfig,
  last: tf.Tensor2D,
  rows: number,
): tf.Tensor2D {
  const { hidden_size: hidden } = config;
  const byRow = tf.reshape(last, [rows, last.shape[0] / rows, hidden]);
  const first = tf.reshape(tf.slice(byRow, [0, 0, 0], [rows, 1, hidden]), [rows, hidden]);
  return tf.tanh(linear(context, 'bert.pooler.dense', first as tf.Tensor2D));
}

/** BertForSequenceClassification: encoder, pooler, dropout, head. @returns logits [rows, labels] */
export function bertClassifier(
  context: ForwardContext,
  config: BertConfig,
  input: EncoderInput,
): tf.Tensor2D {
  const last = bertEncoder(context, config, input).at(-1) as tf.Tensor2D;
  const pooled = bertPooler(context, config, last, input.inputIds.shape[0]);
  const probability = config.classifier_dropout ?? config.hidden_dropout_prob;
  return linear(context, 'classifier', context.dropout(pooled, probability, 'classifier'));
}
