import { encodedWeights } from '../models/encoded-weights.js';
import { readWeights } from '../models/read-network.js';
import type { PreparedTraining } from './prepare-training.js';

/** Puts in the pretrained values, and first values for what is new. */
export function assignInitialWeights(
  { network, method, program }: Pick<PreparedTraining, 'network' | 'method' | 'program'>,
  seed: number,
  modelDir: string,
  log: (message: string) => void,
): void {
  const weights = readWeights(network, modelDir, seed);
  try {
    const { created, unused } = weights;
    if (created.length > 0) log(`new weights: ${created.join(', ')}`);
    if (unused.length > 0) log(`not used by the model: ${unused.join(', ')}`);
    for (const values of encodedWeights(weights, method, seed)) program.assign(values);
  } finally {
    weights.close();
  }
}
