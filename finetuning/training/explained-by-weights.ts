import { DiagnosticError } from '../../diagnostics/index.js';
import type { Network } from '../models/network.js';
import { readWeights } from '../models/read-network.js';

/** Named in a message. */
const SHOWN = 5;

/**
 * A training diverges at once where the model that it began with has values that are not numbers, which neither the learning rate nor
 * the rows can mend. They are looked for only then: reading all weights takes time.
 *
 * @returns `bad-weights` in place of `loss-diverged`, where it is so
 */
export function explainedByWeights(error: unknown, network: Network, modelDir: string): unknown {
  if (!(error instanceof DiagnosticError) || error.code !== 'loss-diverged') return error;
  const weights = readWeights(network, modelDir, 0);
  const broken: string[] = [];
  try {
    for (const [name, values] of weights.values) if (!values.every(Number.isFinite)) broken.push(name);
  } finally {
    weights.close();
  }
  if (broken.length === 0) return error;
  const rest = broken.length > SHOWN ? `, and ${broken.length - SHOWN} more` : '';
  return new DiagnosticError('bad-weights', {
    message: `the model to start from has values that are not finite numbers, in ${broken.slice(0, SHOWN).join(', ')}${rest}`,
    at: { file: modelDir },
    fix: 'download the model again, or name another one in finetuning.model_name',
    cause: error,
  });
}
