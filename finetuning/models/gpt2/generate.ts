import { rowsWritten, tf, type TensorSpec } from '../../../compute/index.js';
import { forwardContext } from '../forward.js';
import { keepAll, type ForwardContext } from '../layers/forward-context.js';
import type { CachedDecoding, CachedLogits, Inputs } from '../network.js';
import { causalBias, MASKED } from './causal-bias.js';
import type { Gpt2Config } from './config.js';
import { attend, block, embed, head, queryKeyValue } from './decoder.js';

/** [rows, heads, slots, perHead] */
const keys = (index: number): string => `cache/${index}/key`;
const values = (index: number): string => `cache/${index}/value`;

/** GPT-2 a token at a time: the keys and values of each block are kept, so that a step reads one token of each row. */
export function gpt2Decoding(config: Gpt2Config): CachedDecoding {
  const { n_layer: layers, n_embd: hidden, n_head: heads } = config;
  return {
    cache(rows, slots) {
      const spec: TensorSpec = { shape: [rows, heads, slots, hidden / heads], dtype: 'float32' };
      const names = Array.from({ length: layers }, (_, index) => [keys(index), values(index)]).flat();
      return Object.fromEntries(names.map((name) => [name, spec]));
    },

    begin(parameters, inputs, method, slots) {
      const { ids, mask, positions } = read(inputs);
      const width = ids.shape[1];
      const bias = causalBias(mask, positions);
      const room = (seen: tf.Tensor4D): tf.Tensor4D =>
        tf.pad(seen, [[0, 0], [0, 0], [0, slots - width], [0, 0]]); // prettier-ignore
      const context = forwardContext(parameters, method, keepAll);
      return pass(context, config, inputs, (_index, query, key, value) => ({
        attended: attend(query, key, value, bias),
        key: room(key),
        value: room(value),
      }));
    },

    step(parameters, inputs, method) {
      const { mask } = read(inputs);
      const [rows, slots] = mask.shape;
      const bias = tf.reshape(tf.mul(tf.sub(1, mask), MASKED), [rows, 1, 1, slots]) as tf.Tensor4D;
      const places = placesIn(inputs['slot'] as tf.Tensor1D, heads, slots);
      const context = forwardContext(parameters, method, keepAll);
      const perHead = hidden / heads;
      const written = (name: string, own: tf.Tensor4D): tf.Tensor4D => {
        const all: tf.Tensor2D = tf.reshape(context.weight(name), [rows * heads * slots, perHead]);
        const one: tf.Tensor2D = tf.reshape(own, [rows * heads, perHead]);
        return tf.reshape(rowsWritten(all, places, one), [rows, heads, slots, perHead]);
      };
      return pass(context, config, inputs, (index, query, key, value) => {
        const [allKeys, allValues] = [written(keys(index), key), written(values(index), value)];
        return { attended: attend(query, allKeys, allValues, bias), key: allKeys, value: allValues };
      });
    },
  };
}

/** Where each head's vector at a row's slot lies among those of all rows, heads and slots. @returns [rows · heads] int32 */
function placesIn(slot: tf.Tensor1D, heads: number, slots: number): tf.Tensor1D {
  const [rows] = slot.shape;
  const first = tf.mul(tf.range(0, rows * heads, 1, 'int32'), tf.scalar(slots, 'int32'));
  const places = tf.add(tf.reshape(first, [rows, heads]), tf.reshape(slot, [rows, 1]));
  return tf.reshape(places, [rows * heads]);
}

interface Attended {
  readonly attended: tf.Tensor2D;
  /** What is kept of the block. */
  readonly key: tf.Tensor4D;
  readonly value: tf.Tensor4D;
}

/** All blocks over [rows, width] tokens, and the logits after the last of each row. */
function pass(
  context: ForwardContext,
  config: Gpt2Config,
  inputs: Inputs,
  attention: (index: number, query: tf.Tensor4D, key: tf.Tensor4D, value: tf.Tensor4D) => Attended,
): CachedLogits {
  const { ids, positions } = read(inputs);
  const [rows, width] = ids.shape;
  const cache: Record<string, tf.Tensor> = {};
  let x = embed(context, config, ids, positions);
  for (let index = 0; index < config.n_layer; index++)
    x = block(context, config, `transformer.h.${index}`, x, (path, inner) => {
      const parts = queryKeyValue(context, config, path, inner, [rows, width]);
      const { attended, key, value } = attention(index, ...parts);
      cache[keys(index)] = key;
      cache[values(index)] = value;
      return attended;
    });
  const last = tf.slice(
    tf.reshape(x, [rows, width, config.n_embd]),
    [0, width - 1, 0],
    [rows, 1, config.n_embd],
  );
  return { logits: head(context, config, tf.reshape(last, [rows, config.n_embd])), cache };
}

function read(inputs: Inputs): { ids: tf.Tensor2D; mask: tf.Tensor2D; positions: tf.Tensor2D } {
  const fed = (name: string): tf.Tensor2D => inputs[name] as tf.Tensor2D;
  return { ids: fed('input_ids'), mask: fed('attention_mask'), positions: fed('position_ids') };
}
