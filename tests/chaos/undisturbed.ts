import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { dvc } from '../dvc/state/real-dvc.js';
import { makeProject } from '../rig/project.js';
import { chaosProject } from './pipeline.js';

/** What dvc.lock holds, whatever the order of its keys. */
export type Lock = unknown;

const made = new Map<string, Promise<Lock>>();

/** dvc.lock as the real `dvc repro` leaves it when nothing disturbs it. */
export function undisturbedLock(seed: number, steps: number): Promise<Lock> {
  const key = `${seed} ${steps}`;
  const known = made.get(key);
  if (known) return known;
  const lock = repro(seed, steps);
  made.set(key, lock);
  return lock;
}

async function repro(seed: number, steps: number): Promise<Lock> {
  const root = makeProject(chaosProject(seed, steps));
  const { code, stderr } = await dvc(['repro', '--quiet'], root, {
    CHAOS_STEP: '0',
    CHAOS_TRACE: '/dev/null',
    REPRISE_PROGRESS: '/dev/null',
    REPRISE_CHECKPOINTS: mkdtempSync(join(tmpdir(), 'reprise-checkpoints-')),
  });
  if (code !== 0) throw new Error(`dvc repro: ${stderr}`);
  return readLock(root);
}

export function readLock(root: string): Lock {
  return parse(readFileSync(join(root, 'dvc.lock'), 'utf8'));
}

/** Whether two locks say the same, in whatever order. */
export const saysTheSame = (lock: unknown, other: unknown): boolean =>
  JSON.stringify(sorted(lock)) === JSON.stringify(sorted(other));

/** With the keys of all mappings in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
