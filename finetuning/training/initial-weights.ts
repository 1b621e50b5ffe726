import { DiagnosticError } from '../../diagnostics/index.js';
import type { Method } from '../methods/method.js';
import { encodedWeights } from '../models/encoded-weights.js';
import { readWeights } from '../models/read-network.js';
import type { PreparedTraining } from './prepare-training.js';

/**
 * Puts in the pretrained values, first values for what is new, and over both those that a training goes on from.
 *
 * @throws DiagnosticError `untrained-weights`, those of `readWeights`
 */
export function assignInitialWeights(
  { network, method, program, start }: Pick<PreparedTraining, 'network' | 'method' | 'program' | 'start'>,
  seed: number,
  modelDir: string,
  log: (message: string) => void,
): void {
  const weights = readWeights(network, modelDir, seed);
  try {
    const { created, unused } = weights;
    if (created.length > 0) log(`new weights: ${created.join(', ')}`);
    checkTrained(created, method);
    if (unused.length > 0) log(`not used by the model: ${unused.join(', ')}`);
    for (const values of encodedWeights(weights, method, seed)) program.assign(values);
    program.assign(start);
  } finally {
    weights.close();
  }
}

/** What is new and never trains is noise; and an adapter's file does not have it. */
function checkTrained(created: readonly string[], { trainable }: Method): void {
  const idle = created.filter((name) => !trainable.includes(name));
  if (idle.length === 0) return;
  throw new DiagnosticError('untrained-weights', {
    message: `the model has no weights for ${idle.join(', ')}, and these do not train`,
    fix: 'add their modules to finetuning.modules_to_save',
  });
}
