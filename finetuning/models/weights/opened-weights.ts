import type { WeightSource } from '../load-weights.js';

/** Weights whose files are held open. */
export interface OpenedWeights extends WeightSource {
  close(): void;
}
