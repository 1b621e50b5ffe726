import { parseInputOf } from '../parse-input.js';
import { reproduceInput } from './input.js';
import type { ReproduceOptions } from '../types.js';

const REPRODUCE = {
  workflow: 'reproduce',
  schema: reproduceInput,
  fields: Object.keys(reproduceInput.unwrap().shape),
};

/** @throws ApplicationFailure `InvalidInput`, not retried, that names the first wrong field. */
export function parseInput(input: unknown): ReproduceOptions {
  return parseInputOf(REPRODUCE, input);
}
