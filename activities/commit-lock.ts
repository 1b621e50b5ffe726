import { join } from 'node:path';
import { commitLock as writeLock, decodeLockEntry } from '../dvc/index.js';
import type { CommitLockInput } from '../workflows/index.js';
import type { ActivityDependencies } from './dependencies.js';
import { openWorkspace } from './workspace.js';

/** Merges finished stages into dvc.lock. Doing it twice changes nothing. */
export async function commitLock(deps: ActivityDependencies, input: CommitLockInput): Promise<void> {
  const root = await openWorkspace(deps.root, input.workspace);
  const entries = new Map(Object.entries(input.entries).map(([name, text]) => [name, decodeLockEntry(text)]));
  await writeLock(join(root, input.dvcfile), entries, {
    plannedOrder: input.plannedOrder,
    added: input.added,
  });
}
