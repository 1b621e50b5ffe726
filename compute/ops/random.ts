import { tf } from '../native/tensorflow.js';
import { operation, typeAttribute } from './raw-operation.js';

/**
 * Numbers in [0, 1) that are a function of the seed alone (Philox): nothing is hidden, so a run that goes on draws the
 * numbers it would have drawn. The same on every host, not the same on CPU and GPU builds.
 *
 * @param seed [2] int32
 */
export function statelessRandomUniform(shape: readonly number[], seed: tf.Tensor1D): tf.Tensor {
  const attributes = [
    typeAttribute('dtype', 'float32'),
    typeAttribute('Tseed', 'int32'),
    typeAttribute('T', 'int32'),
  ];
  return operation('StatelessRandomUniform', attributes, [tf.tensor1d([...shape], 'int32'), seed]);
}
