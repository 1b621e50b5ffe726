import type { ProgramDefinition, SignatureDefinition, TensorSpec } from '../../compute/index.js';
import type { Method } from '../methods/method.js';
import { keepAll } from './layers/forward-context.js';
import type { Network } from './network.js';

/** The variables of a network under a method: parameters in the form they are kept in, buffers, and what is added. */
export function modelVariables(network: Network, method: Method): Record<string, TensorSpec> {
  const variables: Record<string, TensorSpec> = {};
  for (const [name, shape] of [...network.shapes, ...network.buffers, ...method.added]) {
    const stored = method.stored?.get(name);
    if (stored) Object.assign(variables, stored.variables);
    else variables[name] = { shape, dtype: 'float32' };
  }
  return variables;
}

/** Logits of one batch, with nothing dropped. */
export function logitsSignature(
  network: Network,
  method: Method,
  rows: number,
  width: number,
): SignatureDefinition {
  return {
    feeds: network.feeds(rows, width),
    build: ({ variables, feeds }) => ({
      outputs: { logits: network.logits(variables, feeds, method, keepAll) },
    }),
  };
}

/** A program that only predicts: `predict/W` for each padded length W. */
export function inferenceProgram(
  network: Network,
  method: Method,
  rows: number,
  widths: readonly number[],
): ProgramDefinition {
  const signatures = widths.map(
    (width) => [`predict/${width}`, logitsSignature(network, method, rows, width)] as const,
  );
  return { variables: modelVariables(network, method), signatures: Object.fromEntries(signatures) };
}
