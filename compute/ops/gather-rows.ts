import { tf } from '../native/tensorflow.js';
import { operation, typeAttribute } from './raw-operation.js';

/**
 * Rows of a table: table [rows, width], indices [n] int32 → [n, width]. The gradient sums the rows that were taken into
 * a table of zeros. An index outside of the table is an error of the run (on a GPU: a row of zeros).
 *
 * tf.gather looks at the indices on the host, which a compiled program cannot.
 */
export function gatherRows(table: tf.Tensor2D, indices: tf.Tensor1D): tf.Tensor2D {
  const gather = tf.customGrad((table, indices, save) => {
    (save as tf.GradSaveFunc)([indices as tf.Tensor]);
    const rows = (table as tf.Tensor2D).shape[0];
    const attributes = [
      typeAttribute('Tparams', 'float32'),
      typeAttribute('Tindices', 'int32'),
      typeAttribute('Taxis', 'int32'),
    ];
    return {
      value: operation('GatherV2', attributes, [
        table as tf.Tensor,
        indices as tf.Tensor,
        tf.scalar(0, 'int32'),
      ]),
      gradFunc: (dy: tf.Tensor, [taken]: tf.Tensor[]) => [
        tf.unsortedSegmentSum(dy, taken as tf.Tensor1D, rows),
        // Integers have no gradient; tfjs wants one of the same shape.
        tf.zerosLike(taken as tf.Tensor),
      ],
    };
  });
  return gather(table, indices) as tf.Tensor2D;
}
