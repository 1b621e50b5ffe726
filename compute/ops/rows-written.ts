import { tf } from '../native/tensorflow.js';
import { Recorder } from '../record/recorder.js';
import { operation, typeAttribute } from './raw-operation.js';

/**
 * A table [n, width] with other rows at some places. A compiled program writes them where the table lies, so that of a large
 * one nothing else is touched: the table must be a variable, in whatever shape, which the same signature assigns the result,
 * and which nothing else reads in that signature. It has no gradient.
 *
 * @param places [k] int32, each once
 * @param rows [k, width]
 */
export function rowsWritten(table: tf.Tensor2D, places: tf.Tensor1D, rows: tf.Tensor2D): tf.Tensor2D {
  if (Recorder.current)
    return operation('InplaceUpdate', [typeAttribute('T', 'float32')], [table, places, rows]) as tf.Tensor2D;
  return tf.tensorScatterUpdate(table, tf.reshape(places, [places.size, 1]), rows);
}
