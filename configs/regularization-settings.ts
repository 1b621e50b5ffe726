import { z } from 'zod';

/** What keeps a training from learning its rows by heart. */
export const regularizationSettings = {
  /**
   * In place of the dropout probabilities in the model's config.json; `null`: those. Less than one pass over the data
   * cannot be learned by heart, and is learned faster without.
   */
  dropout: z.number().min(0).lt(1).nullable().default(null),
  /** The share of each label that is spread over all classes. The loss of the validation is without it. */
  label_smoothing_factor: z.number().min(0).lt(1).default(0),
  /** NEFTune: noise on the word embeddings in training, from U(−1, 1) · this / √(tokens · hidden size); `null`: none. */
  neftune_noise_alpha: z.number().positive().nullable().default(null),
  /** Keep moving averages of what trains, which are evaluated and saved in its place; 0.999 is usual. `null`: none. */
  ema_decay: z.number().min(0).lt(1).nullable().default(null),
};
