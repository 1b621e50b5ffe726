import { gatherRows, gelu, layerNorm, madeAgain, softmax, tf } from '../../../compute/index.js';
import { disturbed, type ForwardContext } from '../layers/forward-context.js';
import { linear } from '../layers/linear.js';
import type { BertConfig } from './config.js';

export interface EncoderInput {
  /** [rows, width] int32 */
  readonly inputIds: tf.Tensor2D;
  /** [rows, width] float32: 1 where there is a token, 0 where there is padding */
  readonly attentionMask: tf.Tensor2D;
  /** [rows, width] int32: which of two texts a token belongs to. Absent: all to the first. */
  readonly tokenTypeIds?: tf.Tensor2D;
}

/** Added to the scores of padding: far below any real score, and still finite. */
const MASKED = -1e9;

/**
 * BERT's encoder. Hidden states are kept as [rows · width, hidden].
 *
 * @returns the embeddings' output, then each layer's
 */
export function bertEncoder(context: ForwardContext, config: BertConfig, input: EncoderInput): tf.Tensor2D[] {
  const { inputIds, attentionMask } = input;
  const [rows, width] = inputIds.shape;
  const scoreBias = tf.reshape(tf.mul(tf.sub(1, attentionMask), MASKED), [rows, 1, 1, width]);
  const states = [embed(context, config, input)];
  for (let index = 0; index < config.num_hidden_layers; index++) {
    const path = `bert.encoder.layer.${index}`;
    const next = context.block(path, states.at(-1) as tf.Tensor2D, [scoreBias], (inner, x, [bias]) =>
      layer(inner, config, path, x, bias as tf.Tensor4D),
    );
    states.push(next);
  }
  return states;
}

function embed(
  context: ForwardContext,
  config: BertConfig,
  { inputIds, attentionMask, tokenTypeIds }: EncoderInput,
): tf.Tensor2D {
  const [rows, width] = inputIds.shape;
  const { hidden_size: hidden } = config;
  const table = (name: string): tf.Tensor2D =>
    context.weight(`bert.embeddings.${name}_embeddings.weight`) as tf.Tensor2D;
  const taken = gatherRows(table('word'), tf.reshape(inputIds, [rows * width]) as tf.Tensor1D);
  const words = disturbed(context, taken, attentionMask);
  const positions = tf.slice(table('position'), [0, 0], [width, hidden]);
  const type = tokenTypeIds
    ? tf.reshape(gatherRows(table('token_type'), tf.reshape(tokenTypeIds, [rows * width]) as tf.Tensor1D), [
        rows,
        width,
        hidden,
      ])
    : tf.slice(table('token_type'), [0, 0], [1, hidden]);
  const sum = tf.add(tf.reshape(words, [rows, width, hidden]), tf.add(positions, type));
  const flat = tf.reshape(sum, [rows * width, hidden]) as tf.Tensor2D;
  const path = 'bert.embeddings';
  return context.dropout(norm(context, config, path, flat), config.hidden_dropout_prob, path);
}

/** Post-norm: each half adds its input and is normalized after. */
function layer(
  context: ForwardContext,
  config: BertConfig,
  path: string,
  x: tf.Tensor2D,
  scoreBias: tf.Tensor4D,
): tf.Tensor2D {
  const add = (half: string, inner: tf.Tensor2D, input: tf.Tensor2D): tf.Tensor2D => {
    const output = linear(context, `${half}.dense`, inner);
    const kept = context.dropout(output, config.hidden_dropout_prob, half);
    return context.join({
      path: half,
      half: half.endsWith('.attention.output') ? 'attention' : 'output',
      output: kept,
      input,
      norm: (sum) => norm(context, config, half, sum as tf.Tensor2D),
    }) as tf.Tensor2D;
  };
  const attended = attention(context, config, `${path}.attention.self`, x, scoreBias);
  const afterAttention = add(`${path}.attention.output`, attended, x);
  const inner = gelu(linear(context, `${path}.intermediate.dense`, afterAttention));
  return add(`${path}.output`, inner, afterAttention);
}

function attention(
  context: ForwardContext,
  config: BertConfig,
  path: string,
  x: tf.Tensor2D,
  scoreBias: tf.Tensor4D,
): tf.Tensor2D {
  const { hidden_size: hidden, num_attention_heads: heads } = config;
  const [rows, width] = [scoreBias.shape[0], scoreBias.shape[3]];
  const perHead = hidden / heads;
  // [rows · width, hidden] → [rows, heads, width, perHead]
  const split = (part: string): tf.Tensor4D =>
    tf.transpose(
      tf.reshape(linear(context, `${path}.${part}`, x), [rows, width, heads, perHead]),
      [0, 2, 1, 3],
    ) as tf.Tensor4D;
  const [query, key] = [split('query'), split('key')];
  const probabilities = madeAgain(() => {
    const scores = tf.matMul(tf.mul(query, 1 / Math.sqrt(perHead)), key, false, true);
    return softmax(tf.add(scores, scoreBias));
  });
  const kept = context.dropout(probabilities, config.attention_probs_dropout_prob, path);
  const mixed = tf.matMul(kept, split('value'));
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [rows * width, hidden]) as tf.Tensor2D;
}

function norm(context: ForwardContext, config: BertConfig, path: string, x: tf.Tensor2D): tf.Tensor2D {
  const part = (name: string): tf.Tensor => context.weight(`${path}.LayerNorm.${name}`);
  return layerNorm(x, part('weight'), part('bias'), config.layer_norm_eps);
}
