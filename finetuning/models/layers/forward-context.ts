import type { tf } from '../../../compute/index.js';
import type { Layer } from './layer.js';

/** Zeroes values with a probability and scales the rest up. `site` names the place, so that no two places share numbers. */
export interface Dropout {
  <T extends tf.Tensor>(x: T, probability: number, site: string): T;
  /** Present where a training disturbs the word embeddings: see {@link disturbed}. */
  readonly disturb?: (words: tf.Tensor2D, mask: tf.Tensor2D) => tf.Tensor2D;
}

/** Where one half of a block meets the input that went around it. */
export interface Join {
  /** The module that the block's output comes from: `bert.encoder.layer.0.attention.output`, `transformer.h.0`. */
  readonly path: string;
  readonly half: 'attention' | 'output';
  /** What the half calculated, [n, hidden] or an image; and what went into it, of the same shape. */
  readonly output: tf.Tensor;
  readonly input: tf.Tensor;
  /** What the model does with the sum, in models that normalize after (BERT). */
  readonly norm?: (sum: tf.Tensor) => tf.Tensor;
}

/** All that a forward pass draws on beside its inputs. */
export interface ForwardContext {
  /** The parameter or buffer of that name, in Hugging Face's naming. */
  weight(name: string): tf.Tensor;
  /** What the finetuning method makes of a layer; the layer itself, where it does nothing. */
  wrap(layer: Layer): Layer;
  /** norm(output + input), and what the method adds there. */
  join(place: Join): tf.Tensor;
  readonly dropout: Dropout;
  /**
   * Present while norms work with the statistics of the batch, as in full training: takes a running statistic's next
   * value.
   */
  readonly update?: (buffer: string, value: tf.Tensor) => void;
}

/**
 * The word embeddings as a training may want them, with noise; as they are, otherwise.
 *
 * @param words [rows · width, hidden]
 * @param mask [rows, width] 1 where there is a token
 */
export function disturbed(context: ForwardContext, words: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  return context.dropout.disturb?.(words, mask) ?? words;
}

/** Outside of training nothing is dropped. */
export const keepAll: Dropout = (x) => x;
