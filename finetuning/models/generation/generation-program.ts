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
  const begins = widths.map(
    (width) => [`begin/${width}`, beginSignature(network, decoding, method, { rows, width, slots })] as const,
  );
  return {
    variables: { ...modelVariables(network, method), ...decoding.cache(rows, slots) },
    signatures: { ...Object.fromEntries(begins), step: stepSignature(decoding, method, { rows, slots }) },
  };
}

/** Reads prompts of one padded length, into the cache. */
export function beginSignature(
  network: Network,
  decoding: CachedDecoding,
  method: Method,
  { rows, width, slots }: { readonly rows: number; readonly width: number; readonly slots: number },
): SignatureDefinition {
  return {
    feeds: network.feeds(rows, width),
    build: ({ variables, feeds }) => result(decoding.begin(variables, feeds, method, slots)),
  };
}

/** So few tokens' values are soon done, whatever is done with them. */
const FEW_ROWS = 4;

/** Reads one more token of each row, at a slot of its own. */
export function stepSignature(
  decoding: CachedDecoding,
  method: Method,
  { rows, slots }: { readonly rows: number; readonly slots: number },
): SignatureDefinition {
  return {
    fuses: rows > FEW_ROWS,
    feeds: {
      input_ids: { shape: [rows, 1], dtype: 'int32' },
      position_ids: { shape: [rows, 1], dtype: 'int32' },
      attention_mask: { shape: [rows, slots], dtype: 'float32' },
      slot: { shape: [rows], dtype: 'int32' },
    },
    build: ({ variables, feeds }) => result(decoding.step(variables, feeds, method)),
  };
}

const result = ({ logits, cache }: CachedLogits) => ({ outputs: { logits }, updates: cache });
