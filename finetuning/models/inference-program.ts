import type { ProgramDefinition, SignatureDefinition, TensorSpec, tf } from '../../compute/index.js';
import type { Method } from '../methods/method.js';
import { keepAll } from './layers/forward-context.js';
import type { Network } from './network.js';

/** What every pass over a batch is fed: [rows, width] each. */
export function batchFeeds(rows: number, width: number): Record<'input_ids' | 'attention_mask', TensorSpec> {
  return {
    input_ids: { shape: [rows, width], dtype: 'int32' },
    attention_mask: { shape: [rows, width], dtype: 'float32' },
  };
}

/** Logits of one batch, with nothing dropped. */
export function logitsSignature(
  network: Network,
  method: Method,
  rows: number,
  width: number,
): SignatureDefinition {
  return {
    feeds: batchFeeds(rows, width),
    build({ variables, feeds }) {
      const input = {
        inputIds: feeds.input_ids as tf.Tensor2D,
        attentionMask: feeds.attention_mask as tf.Tensor2D,
      };
      return { outputs: { logits: network.logits(variables, input, method, keepAll) } };
    },
  };
}

/** A program that only predicts: `predict/W` for each padded length W. */
export function inferenceProgram(
  network: Network,
  method: Method,
  rows: number,
  widths: readonly number[],
): ProgramDefinition {
  const variables: Record<string, TensorSpec> = {};
  for (const [name, shape] of [...network.shapes, ...method.added])
    variables[name] = { shape, dtype: 'float32' };
  const signatures = widths.map(
    (width) => [`predict/${width}`, logitsSignature(network, method, rows, width)] as const,
  );
  return { variables, signatures: Object.fromEntries(signatures) };
}
