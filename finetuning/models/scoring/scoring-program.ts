import {
  sparseCrossEntropy,
  tf,
  type ProgramDefinition,
  type SignatureDefinition,
} from '../../../compute/index.js';
import type { Method } from '../../methods/method.js';
import { modelVariables } from '../inference-program.js';
import { keepAll } from '../layers/forward-context.js';
import type { Network } from '../network.js';

/** Rows and padded length of a batch. */
export interface ScoringSize {
  readonly rows: number;
  readonly width: number;
}

/**
 * A program that says how likely a language model holds given texts: `score/W` for each padded length W gives the cross
 * entropy of each token's successor and the successor that the model holds likeliest, both [rows · W]. Logits, a
 * vocabulary wide for each token, stay inside.
 */
export function scoringProgram(
  network: Network,
  method: Method,
  sizes: readonly ScoringSize[],
): ProgramDefinition {
  const signature = ({ rows, width }: ScoringSize): SignatureDefinition => ({
    feeds: {
      ...network.feeds(rows, width),
      labels: { shape: [network.labelCount(rows, width)], dtype: 'int32' },
    },
    build({ variables, feeds }) {
      const logits = network.logits(variables, feeds, method, keepAll);
      const losses = sparseCrossEntropy(logits, feeds['labels'] as tf.Tensor1D);
      return { outputs: { losses, predicted: tf.argMax(logits, -1) } };
    },
  });
  return {
    variables: modelVariables(network, method),
    signatures: Object.fromEntries(sizes.map((size) => [`score/${size.width}`, signature(size)])),
  };
}
