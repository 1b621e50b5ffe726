import type { tf } from '../../../compute/index.js';

/** A linear layer as the model sees it, whatever a method has put around it. [n, in] → [n, out] */
export interface Linear {
  /** Where it stands in the model: `bert.encoder.layer.0.attention.self.query`. */
  readonly path: string;
  apply(x: tf.Tensor2D): tf.Tensor2D;
}

/** Zeroes values with a probability and scales the rest up. `site` names the place, so that no two places share numbers. */
export type Dropout = <T extends tf.Tensor>(x: T, probability: number, site: string) => T;

/** All that a forward pass draws on beside its inputs. */
export interface ForwardContext {
  /** The parameter of that name, in Hugging Face's naming. */
  weight(name: string): tf.Tensor;
  /** What the finetuning method makes of a layer; the layer itself, where it does nothing. */
  wrap(layer: Linear): Linear;
  readonly dropout: Dropout;
}

/** Outside of training nothing is dropped. */
export const keepAll: Dropout = (x) => x;
