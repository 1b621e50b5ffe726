import type { Dropout, Linear } from '../models/layers/forward-context.js';
import type { ParameterShapes } from '../models/bert/parameters.js';
import type { tf } from '../../compute/index.js';

/** What a forward pass gives a method to work with. */
export interface MethodContext {
  weight(name: string): tf.Tensor;
  readonly dropout: Dropout;
}

/**
 * A way of finetuning: which of the model's weights train, which new ones come beside them, and what that does to a
 * layer. The model itself knows nothing of it.
 */
export interface Method {
  /** New parameters, none of which the model has. */
  readonly added: ParameterShapes;
  /** Names of all that train: some of the model's own, and the new ones. In a fixed order. */
  readonly trainable: readonly string[];
  /** A new parameter's first values. */
  initial(name: string, seed: number): Float32Array;
  wrap(layer: Linear, context: MethodContext): Linear;
}
