import { createHash } from 'node:crypto';
import { tf, statelessRandomUniform } from '../../compute/index.js';
import type { Dropout } from '../models/layers/forward-context.js';

/** Fed to every training pass: the run's seed and the pass's number. int32 [2] */
export const dropoutCounterFeed = { shape: [2], dtype: 'int32' } as const;

/**
 * Dropout whose numbers are a function of (seed, pass, site): nothing to save, nothing to lose.
 *
 * @param counter the fed (seed, pass)
 */
export function countedDropout(counter: tf.Tensor1D): Dropout {
  return (x, probability, site) => {
    if (probability === 0) return x;
    const offset = createHash('sha256').update(site, 'utf8').digest().readInt32LE(0);
    const seed = tf.add(counter, tf.tensor1d([offset, 0], 'int32')) as tf.Tensor1D;
    const keep = 1 - probability;
    const kept = tf.less(statelessRandomUniform(x.shape, seed), keep);
    return tf.mul(x, tf.mul(tf.cast(kept, 'float32'), 1 / keep));
  };
}
