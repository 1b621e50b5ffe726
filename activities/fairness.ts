import { fairnessWeight } from '../runner/index.js';
import type { PlannedStage } from '../workflows/index.js';

/** Temporal takes keys of at most so many bytes. */
const KEY_BYTES = 64;

/** @param name the project's */
export function fairnessOf(root: string, name: string): PlannedStage['fairness'] {
  const weight = fairnessWeight(root);
  // Cut in the middle of a character, the rest of it is dropped.
  const key = new TextDecoder().decode(Buffer.from(name).subarray(0, KEY_BYTES)).replace(/\uFFFD+$/, '');
  return { fairnessKey: key, ...(weight === undefined ? {} : { fairnessWeight: weight }) };
}
