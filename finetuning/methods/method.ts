import type { TensorData, TensorSpec, tf } from '../../compute/index.js';
import type { Dropout, Join } from '../models/layers/forward-context.js';
import type { Layer } from '../models/layers/layer.js';
import type { ParameterShapes } from '../models/parameters.js';
import type { Nf4 } from './nf4/quantize.js';

/** What a forward pass gives a method to work with. */
export interface MethodContext {
  /** A parameter, or a variable of a stored form, by its name. */
  weight(name: string): tf.Tensor;
  readonly dropout: Dropout;
}

/** Another form in which one of the model's parameters is kept in memory, such as four bits a value. */
export interface StoredForm {
  /** The variables that take the parameter's place. */
  readonly variables: Readonly<Record<string, TensorSpec>>;
  /** @param values of the parameter, row-major as stored */
  encode(values: Float32Array): Readonly<Record<string, TensorData>>;
  /** Of a form in NF4: the same of values that a file already has in it. */
  encodeNf4?(values: Nf4): Readonly<Record<string, TensorData>>;
  /** The values that the model computes with. */
  decode(variables: Readonly<Record<string, TensorData>>): Float32Array;
  /**
   * What the model is given for the parameter, where it can be given it as a whole. Without this, whoever wraps the parameter's layer knows
   * how to use the variables.
   *
   * @param value of a variable
   */
  tensor?(value: (variable: string) => tf.Tensor): tf.Tensor;
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
  /** Parameters that are kept in another form. */
  readonly stored?: ReadonlyMap<string, StoredForm>;
  /** A new parameter's first values. `values` gives the model's own parameters, for those that start from them. */
  initial(name: string, seed: number, values: (parameter: string) => Float32Array): Float32Array;
  /** Calculate the blocks of the model once more in the backward pass, in place of keeping what is in them. */
  readonly recomputesBlocks?: boolean;
  wrap(layer: Layer, context: MethodContext): Layer;
  /** In place of norm(output + input), where the method puts something there. */
  join?(place: Join, context: MethodContext): tf.Tensor;
}
