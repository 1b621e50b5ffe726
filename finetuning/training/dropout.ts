import { counterKeys, dropout, type tf } from '../../compute/index.js';
import type { Dropout } from '../models/layers/forward-context.js';

/** Fed to every training pass: the run's seed and the pass's number. int32 [2] */
export const dropoutCounterFeed = { shape: [2], dtype: 'int32' } as const;

/**
 * Dropout whose numbers are a function of (seed, pass, site): nothing to save, nothing to lose.
 *
 * @param counter the fed (seed, pass)
 */
export function countedDropout(counter: tf.Tensor1D): Dropout {
  const keyOf = counterKeys(counter);
  return (x, probability, site) => (probability === 0 ? x : dropout(x, probability, keyOf(site)));
}
