import { tf } from '../../../compute/index.js';

/** Added to the scores of what may not be seen: far below any real score, and still finite. */
export const MASKED = -1e9;

/**
 * What each token may see: the tokens of its own document up to itself. A token at position p of its document sees
 * those at most p before it, so that documents that lie end to end in one row know nothing of each other.
 *
 * @param attentionMask [rows, width] float32: padding is seen by nobody
 * @param positionIds [rows, width] int32
 * @returns [rows, 1, width, width], from query to key: 0, or {@link MASKED}
 */
export function causalBias(attentionMask: tf.Tensor2D, positionIds: tf.Tensor2D): tf.Tensor4D {
  const [rows, width] = positionIds.shape;
  const place = tf.range(0, width, 1, 'int32');
  const back = tf.sub(tf.reshape(place, [width, 1]), place); // How far the key lies behind the query.
  const near = tf.lessEqual(back, tf.reshape(positionIds, [rows, 1, width, 1]));
  const before = tf.greaterEqual(back, tf.scalar(0, 'int32'));
  const seen = tf.mul(
    tf.cast(tf.logicalAnd(near, before), 'float32'),
    tf.reshape(attentionMask, [rows, 1, 1, width]),
  );
  return tf.mul(tf.sub(1, seen), MASKED);
}
