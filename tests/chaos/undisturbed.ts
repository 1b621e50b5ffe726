import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { makeProject } from '../rig/project.js';
import { chaosProject } from './pipeline.js';

const run = promisify(execFile);
const DVC = process.env['REPRISE_TEST_DVC'] ?? 'dvc';

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
  await run(DVC, ['repro', '--quiet'], {
    cwd: root,
    env: {
      ...process.env,
      CHAOS_STEP: '0',
      CHAOS_TRACE: '/dev/null',
      REPRISE_PROGRESS: '/dev/null',
      REPRISE_CHECKPOINTS: mkdtempSync(join(tmpdir(), 'reprise-checkpoints-')),
    },
  });
  return readLock(root);
}

export function readLock(root: string): Lock {
  return parse(readFileSync(join(root, 'dvc.lock'), 'utf8'));
}
