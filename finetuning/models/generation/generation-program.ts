import type { ProgramDefinition, SignatureDefinition } from '../../../compute/index.js';
import type { Method } from '../../methods/method.js';
import { modelVariables } from '../inference-program.js';
import type { CachedDecoding, CachedLogits, Network } from '../network.js';

export interface GenerationSize {
  readonly rows: number;
  /** Padded lengths of prompts. */
  readonly widths: readonly number[];
  /** Tokens that a row may have, with its padding and with what is generated. */
  readonly slots: number;
}

/**
 * A program that goes on from prompts: `begin/W` reads prompts of padded length W, `step` one more token of each row;
 * both give the logits of the next.
 */
export function generationProgram(
  network: Network,
  decoding: CachedDecoding,
  method: Method,
  { rows, widths, slots }: GenerationSize,
): ProgramDefinition {
  const result = ({ logits, cache }: CachedLogits) => ({ outputs: { logits }, updates: cache });
  const begin = (width: number): SignatureDefinition => ({
    feeds: network.feeds(rows, width),
    build: ({ variables, feeds }) => result(decoding.begin(variables, feeds, method, slots)),
  });
  const step: SignatureDefinition = {
    feeds: {
      input_ids: { shape: [rows, 1], dtype: 'int32' },
      position_ids: { shape: [rows, 1], dtype: 'int32' },
      attention_mask: { shape: [rows, slots], dtype: 'float32' },
      slot: { shape: [1], dtype: 'int32' },
    },
    build: ({ variables, feeds }) => result(decoding.step(variables, feeds, method)),
  };
  return {
    variables: { ...modelVariables(network, method), ...decoding.cache(rows, slots) },
    signatures: { ...Object.fromEntries(widths.map((width) => [`begin/${width}`, begin(width)])), step },
  };
}
