import { createHash } from 'node:crypto';
import type { LockEntry } from '../../types.js';
import { entryMapping } from '../lock/entry.js';
import { pythonJson } from '../python/json.js';

/**
 * DVC's name for what an experiment made: SHA-256 over the lock entries of its stages, which stands in the commit's message
 * (`repo/experiments/executor/base.py`, `hash_exp`).
 *
 * @param entries stage name → entry
 */
export function experimentHash(entries: ReadonlyMap<string, LockEntry>): string {
  const mapping = new Map([...entries].map(([name, entry]) => [name, entryMapping(entry)]));
  return createHash('sha256').update(pythonJson(mapping)).digest('hex');
}
