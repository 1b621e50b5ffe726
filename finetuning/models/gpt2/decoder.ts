import { gatherRows, layerNorm, madeAgain, scaled, softmax, tanhGelu, tf } from '../../../compute/index.js';
import { conv1d } from '../layers/conv1d.js';
import { disturbed, type ForwardContext } from '../layers/forward-context.js';
import { causalBias } from './causal-bias.js';
import type { Gpt2Config } from './config.js';

export interface DecoderInput {
  /** [rows, width] int32 */
  readonly inputIds: tf.Tensor2D;
  /** [rows, width] float32: 1 where there is a token, 0 where there is padding */
  readonly attentionMask: tf.Tensor2D;
  /** [rows, width] int32: of each token in its document. Where it starts again, another document begins. */
  readonly positionIds: tf.Tensor2D;
}

/** What is multiplied with the token embeddings for a token's logits. */
export const HEAD_TABLE = 'transformer.wte.weight';

/** GPT2Model: hidden states [rows · width, hidden] of each token, after the last norm. */
export function gpt2Decoder(
  context: ForwardContext,
  config: Gpt2Config,
  { inputIds, attentionMask, positionIds }: DecoderInput,
): tf.Tensor2D {
  const [rows, width] = inputIds.shape;
  const bias = causalBias(attentionMask, positionIds);
  let x = embed(context, config, inputIds, positionIds, (words) => disturbed(context, words, attentionMask));
  for (let index = 0; index < config.n_layer; index++) {
    const path = `transformer.h.${index}`;
    x = context.block(path, x, [bias], (inner, x, [bias]) =>
      block(inner, config, path, x, (part, normal) => {
        const parts = queryKeyValue(inner, config, part, normal, [rows, width]);
        return attend(...parts, bias as tf.Tensor4D, (kept) => inner.dropout(kept, config.attn_pdrop, part));
      }),
    );
  }
  return norm(context, config, 'transformer.ln_f', x);
}

/**
 * Token and position embeddings: ids [rows, width] → [rows · width, hidden]
 *
 * @param change what is done to the token embeddings first
 */
export function embed(
  context: ForwardContext,
  config: Gpt2Config,
  inputIds: tf.Tensor2D,
  positionIds: tf.Tensor2D,
  change = (words: tf.Tensor2D): tf.Tensor2D => words,
): tf.Tensor2D {
  const taken = (table: string, ids: tf.Tensor2D): tf.Tensor2D =>
    gatherRows(context.weight(`transformer.${table}.weight`) as tf.Tensor2D, tf.reshape(ids, [ids.size]));
  const sum = tf.add(change(taken('wte', inputIds)), taken('wpe', positionIds));
  return context.dropout(sum as tf.Tensor2D, config.embd_pdrop, 'transformer.drop');
}

/**
 * Pre-norm: each half normalizes what goes in, and adds its input to what comes out.
 *
 * @param attend what the attention at a path makes of its normalized input, before `c_proj`
 */
export function block(
  context: ForwardContext,
  config: Gpt2Config,
  path: string,
  x: tf.Tensor2D,
  attend: (path: string, inner: tf.Tensor2D) => tf.Tensor2D,
): tf.Tensor2D {
  const add = (half: 'attention' | 'output', part: string, inner: tf.Tensor2D, input: tf.Tensor2D) => {
    const projection = `${path}.${part}.c_proj`;
    const output = context.dropout(conv1d(context, projection, inner), config.resid_pdrop, projection);
    return context.join({ path, half, output, input }) as tf.Tensor2D;
  };
  const attended = attend(`${path}.attn`, norm(context, config, `${path}.ln_1`, x));
  const afterAttention = add('attention', 'attn', attended, x);
  const normal = norm(context, config, `${path}.ln_2`, afterAttention);
  const inner = tanhGelu(conv1d(context, `${path}.mlp.c_fc`, normal));
  return add('output', 'mlp', inner, afterAttention);
}

/** Query, key and value come from one product: [rows · width, hidden] → three of [rows, heads, width, perHead] */
export function queryKeyValue(
  context: ForwardContext,
  config: Gpt2Config,
  path: string,
  x: tf.Tensor2D,
  [rows, width]: readonly [number, number],
): [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D] {
  const { n_embd: hidden, n_head: heads } = config;
  const all = tf.reshape(conv1d(context, `${path}.c_attn`, x), [rows, width, 3, heads, hidden / heads]);
  return tf.unstack(tf.transpose(all, [2, 0, 3, 1, 4])) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
}

/**
 * What queries find among keys: softmax of the scaled products, over values.
 *
 * @param query [rows, heads, width, perHead]
 * @param key [rows, heads, slots, perHead], as `value`
 * @param bias added to the scores [rows, heads, width, slots]
 * @returns [rows · width, hidden]
 */
export function attend(
  query: tf.Tensor4D,
  key: tf.Tensor4D,
  value: tf.Tensor4D,
  bias: tf.Tensor4D,
  drop: (probabilities: tf.Tensor) => tf.Tensor = (probabilities) => probabilities,
): tf.Tensor2D {
  const [rows, heads, width, perHead] = query.shape;
  const probabilities = madeAgain(() => {
    const scores = tf.matMul(scaled(query, 1 / Math.sqrt(perHead)), key, false, true);
    return softmax(tf.add(scores, bias));
  });
  const mixed = tf.matMul(drop(probabilities), value);
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [rows * width, heads * perHead]);
}

/** Norm, and the product with the token embeddings: [n, hidden] → logits [n, vocabulary] */
export function head(context: ForwardContext, config: Gpt2Config, x: tf.Tensor2D): tf.Tensor2D {
  return vocabularyLogits(context, norm(context, config, 'transformer.ln_f', x));
}

/** @param features [n, hidden], after the last norm */
export function vocabularyLogits(context: ForwardContext, features: tf.Tensor2D): tf.Tensor2D {
  return tf.matMul(features, context.weight(HEAD_TABLE) as tf.Tensor2D, false, true);
}

function norm(context: ForwardContext, config: Gpt2Config, path: string, x: tf.Tensor2D): tf.Tensor2D {
  const part = (name: string): tf.Tensor => context.weight(`${path}.${name}`);
  return layerNorm(x, part('weight'), part('bias'), config.layer_norm_epsilon);
}
