import { parseInputOf } from '../parse-input.js';
import { sweepInput } from './input.js';
import type { SweepOptions } from './types.js';

const SWEEP = { workflow: 'sweep', schema: sweepInput, fields: Object.keys(sweepInput.shape) };

/** @throws ApplicationFailure `InvalidInput`, not retried, that names the first wrong field. */
export function parseSweepInput(input: unknown): SweepOptions {
  return parseInputOf(SWEEP, input);
}
