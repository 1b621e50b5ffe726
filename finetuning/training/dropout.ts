import { addUniformNoise, counterKeys, dropout, tf } from '../../compute/index.js';
import type { Dropout } from '../models/layers/forward-context.js';

/** Fed to every training pass: the run's seed and the pass's number. int32 [2] */
export const dropoutCounterFeed = { shape: [2], dtype: 'int32' } as const;

/**
 * Dropout whose numbers are a function of (seed, pass, site): nothing to save, nothing to lose.
 *
 * @param counter the fed (seed, pass)
 * @param noiseAlpha NEFTune (Jain et al., 2023): word embeddings get noise from U(−1, 1) · α/√(length · hidden)
 */
export function countedDropout(counter: tf.Tensor1D, noiseAlpha: number | null = null): Dropout {
  const keyOf = counterKeys(counter);
  const drop = <T extends tf.Tensor>(x: T, probability: number, site: string): T =>
    probability === 0 ? x : dropout(x, probability, keyOf(site));
  if (noiseAlpha === null) return drop;
  return Object.assign(drop, {
    disturb(words: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
      // Not the padded length, on which a result should not depend.
      const lengths = tf.sum(mask, 1, true); // [rows, 1]
      const largest = tf.div(noiseAlpha, tf.sqrt(tf.mul(tf.maximum(lengths, 1), words.shape[1])));
      const scale = tf.reshape(tf.mul(mask, largest), [words.shape[0], 1]) as tf.Tensor2D;
      return addUniformNoise(words, scale, keyOf('neftune'));
    },
  });
}
